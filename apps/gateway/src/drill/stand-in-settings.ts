import type { ProviderSettings } from '../config/schema.js';

/** What a stand-in is spoken to as. */
export interface StandInSettings {
  /** For the adapter, whose kind is that of the provider where the stand-in speaks its API. */
  readonly settings: ProviderSettings;
  /** Whether it speaks another API than the provider does. */
  readonly isOther: boolean;
}

/** The credential of every stand-in: no key of the operator's is read. */
const CREDENTIAL = { env: 'SLUICE_DRILL' };

/** Kinds of which the simulator speaks the API, and what their addresses have below that of the simulator. */
const PATHS: Readonly<Record<string, string>> = {
  openai: '/v1',
  mistral: '/v1',
  deepseek: '/v1',
  xai: '/v1',
  groq: '/v1',
  openrouter: '/v1',
  'openai-compatible': '/v1',
  sim: '/v1',
  'azure-openai': '',
  anthropic: '',
  google: '',
  cohere: '',
  bedrock: '',
};

/** What says who is calling, or where: none of it is meant for a stand-in. */
const OWN = [
  'apiKey',
  'accessKeyId',
  'secretAccessKey',
  'sessionToken',
  'credentials',
  'headers',
  'faults',
  'baseUrl',
  'timeouts',
  'passthrough',
] as const;

/**
 * A provider's settings with the stand-in at `url` in its place. Where the simulator does not speak its API, the stand-in
 * speaks OpenAI's.
 */
export function toStandIn(entry: ProviderSettings, url: string): StandInSettings {
  const path = PATHS[entry.kind];
  if (path === undefined)
    return { settings: { kind: 'openai-compatible', baseUrl: `${url}/v1`, ...keysOf(entry) }, isOther: true };
  if (entry.kind === 'sim') return { settings: { kind: 'sim' }, isOther: false };
  const kept = Object.fromEntries(Object.entries(entry).filter(([name]) => !OWN.some((own) => own === name)));
  return { settings: { ...kept, kind: entry.kind, baseUrl: `${url}${path}`, ...keysOf(entry) }, isOther: false };
}

/** As many keys as the provider has: they take turns as its own would. */
function keysOf({ apiKeys }: ProviderSettings): Readonly<Record<string, unknown>> {
  return Array.isArray(apiKeys)
    ? { apiKeys: apiKeys.map((_, index) => ({ env: `${CREDENTIAL.env}_${index}` })) }
    : { apiKey: CREDENTIAL };
}
