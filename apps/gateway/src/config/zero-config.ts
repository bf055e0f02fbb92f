import type { ProviderDefinition } from '@sluice/contract';
import { PRESETS } from '@sluice/provider-openai-compatible';
import { awsSettings, namesBedrock } from './aws-variables.js';
import type { Environment } from './environment.js';
import type { ConfigProblem } from './problem.js';

/** Settings of providers as a file would have them: not checked yet. */
export type RawProviders = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface Vendor {
  readonly kind: string;
  /** The provider's name too; else it is named for its kind. */
  readonly preset?: string;
  readonly keyVariable: string;
  readonly baseUrlVariable: string;
  /** A key alone makes no provider, because nothing says where the server is. */
  readonly onlyByUrl?: true;
  /** Further settings by their variables: one has to be set, and the first that is counts. */
  readonly oneOf?: readonly (readonly [setting: string, variable: string])[];
}

const VENDORS: readonly Vendor[] = [
  { kind: 'openai', keyVariable: 'OPENAI_API_KEY', baseUrlVariable: 'OPENAI_BASE_URL' },
  { kind: 'anthropic', keyVariable: 'ANTHROPIC_API_KEY', baseUrlVariable: 'ANTHROPIC_BASE_URL' },
  // Other products of Google have their keys in this variable too, so the one with the model's name wins.
  { kind: 'google', keyVariable: 'GOOGLE_API_KEY', baseUrlVariable: 'GOOGLE_GEMINI_BASE_URL' },
  { kind: 'google', keyVariable: 'GEMINI_API_KEY', baseUrlVariable: 'GEMINI_BASE_URL' },
  { kind: 'cohere', keyVariable: 'COHERE_API_KEY', baseUrlVariable: 'COHERE_BASE_URL' },
  // As the vendor's own SDKs have it; where both are set these win.
  { kind: 'cohere', keyVariable: 'CO_API_KEY', baseUrlVariable: 'CO_API_URL' },
  {
    kind: 'watsonx',
    keyVariable: 'WATSONX_API_KEY',
    baseUrlVariable: 'WATSONX_URL',
    oneOf: [
      ['projectId', 'WATSONX_PROJECT_ID'],
      ['spaceId', 'WATSONX_SPACE_ID'],
    ],
  },
  { kind: 'ollama', keyVariable: 'OLLAMA_API_KEY', baseUrlVariable: 'OLLAMA_BASE_URL', onlyByUrl: true },
  {
    kind: 'azure-openai',
    keyVariable: 'AZURE_OPENAI_API_KEY',
    baseUrlVariable: 'AZURE_OPENAI_ENDPOINT',
    onlyByUrl: true,
  },
  { kind: 'mistral', keyVariable: 'MISTRAL_API_KEY', baseUrlVariable: 'MISTRAL_BASE_URL' },
  { kind: 'deepseek', keyVariable: 'DEEPSEEK_API_KEY', baseUrlVariable: 'DEEPSEEK_BASE_URL' },
  { kind: 'xai', keyVariable: 'XAI_API_KEY', baseUrlVariable: 'XAI_BASE_URL' },
  { kind: 'groq', keyVariable: 'GROQ_API_KEY', baseUrlVariable: 'GROQ_BASE_URL' },
  { kind: 'openrouter', keyVariable: 'OPENROUTER_API_KEY', baseUrlVariable: 'OPENROUTER_BASE_URL' },
  ...Object.entries(PRESETS).flatMap(([preset, { keyVariable }]) =>
    keyVariable ? [presetVendor(preset, keyVariable)] : [],
  ),
];

/** The variable of its address is named as that of its key. */
function presetVendor(preset: string, keyVariable: string): Vendor {
  const baseUrlVariable = keyVariable.replace(/_(API_KEY|TOKEN)$/, '_BASE_URL');
  return { kind: 'openai-compatible', preset, keyVariable, baseUrlVariable };
}

export interface FoundProviders {
  readonly providers: RawProviders;
  readonly problems: readonly ConfigProblem[];
}

/** Providers whose usual variables are set: a key, a base URL or both. Only kinds that have an adapter. */
export function providersFromEnvironment(env: Environment, definitions: readonly ProviderDefinition[]): FoundProviders {
  const kinds = new Set(definitions.map(({ kind }) => kind));
  const found = VENDORS.filter((vendor) => kinds.has(vendor.kind) && isNamed(vendor, env));
  const providers: Record<string, RawProviders[string]> = {};
  for (const vendor of found) {
    const name = vendor.preset ?? vendor.kind;
    providers[name] = { ...providers[name], ...toSettings(vendor, env) };
  }
  if (kinds.has('bedrock') && namesBedrock(env)) providers['bedrock'] = { kind: 'bedrock', ...awsSettings(env) };
  return {
    providers,
    problems: found.flatMap((vendor) => baseUrlProblems(vendor, env)),
  };
}

function isNamed(vendor: Vendor, env: Environment): boolean {
  const { keyVariable, baseUrlVariable, onlyByUrl, oneOf } = vendor;
  if (oneOf && !choiceOf(vendor, env)) return false;
  return Boolean(env[baseUrlVariable]) || (!onlyByUrl && Boolean(env[keyVariable]));
}

function choiceOf({ oneOf = [] }: Vendor, env: Environment): readonly [setting: string, variable: string] | undefined {
  return oneOf.find(([, variable]) => Boolean(env[variable]));
}

function toSettings(vendor: Vendor, env: Environment): RawProviders[string] {
  const { kind, preset, keyVariable, baseUrlVariable } = vendor;
  const baseUrl = env[baseUrlVariable];
  const [setting, variable] = choiceOf(vendor, env) ?? [];
  return {
    kind,
    ...(preset && { preset }),
    ...(setting && variable && { [setting]: env[variable] }),
    ...(env[keyVariable] && { apiKey: { env: keyVariable } }),
    // The variable is the operator's word: a server on this machine is as good as any.
    ...(baseUrl && isHttpUrl(baseUrl) && { baseUrl, allowPrivateNetwork: true }),
  };
}

function baseUrlProblems({ baseUrlVariable }: Vendor, env: Environment): readonly ConfigProblem[] {
  const baseUrl = env[baseUrlVariable];
  if (!baseUrl || isHttpUrl(baseUrl)) return [];
  return [{ path: baseUrlVariable, reason: 'expected an http or https URL' }];
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
