import type { ChatRequest, Operations, Provider, ProviderDeps, Target } from '@sluice/contract';
import { PRESETS, openAiCompatible } from '@sluice/provider-openai-compatible';
import { PROVIDER_DEFINITIONS } from '../config/definitions.js';
import { systemClock } from '../system-clock.js';

/** One kind of provider that the app registers, set up as an operator would. */
export interface Kind {
  readonly kind: string;
  readonly operations: Operations;
  readonly models: Provider['models'];
  readonly target: Target;
  /** The address that a chat goes to, which tells the vendor's API; empty for a kind without chat. */
  readonly path: string;
}

const FILE = 'apps/gateway/src/providers-page/kinds.ts';
const KEY = { env: 'KEY' };
/** What the kinds ask their operators for; the first that a kind takes is used. */
const SETTINGS: readonly Readonly<Record<string, unknown>>[] = [
  { region: 'us-east-1', accessKeyId: KEY, secretAccessKey: KEY },
  { apiKey: KEY },
  { baseUrl: 'http://127.0.0.1:8080/v1', apiKey: KEY },
  { resource: 'r', apiKey: KEY },
  { project: 'p', location: 'us-central1' },
  { projectId: 'p', apiKey: KEY },
  {},
];

/** A model of each API that takes most of what can be asked. */
const MODELS: readonly (readonly [path: RegExp, model: string])[] = [
  [/\/chat\/completions$/, 'gpt-4.1'],
  [/\/messages$/, 'claude-sonnet-4-5'],
  [/:generateContent$/, 'gemini-2.5-pro'],
  [/\/converse$/, 'anthropic.claude-sonnet-4-5-20250929-v1:0'],
  [/\/v2\/chat$/, 'command-a-reasoning-08-2025'],
  [/\/api\/chat$/, 'qwen3'],
];

const DEPS: ProviderDeps = {
  clock: systemClock,
  secret: () => Promise.reject(new Error('No call is authorised here.')),
  send: () => Promise.reject(new Error('Nobody is called here.')),
};

const QUESTION: ChatRequest = {
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
  stream: false,
};

/** Every kind of the app but the stand-in's. A new one is here by itself, where one of the settings above fits it. */
export function createKinds(): readonly Kind[] {
  return PROVIDER_DEFINITIONS.filter(({ kind }) => kind !== 'sim').map((definition) => {
    const { kind } = definition;
    const settings = SETTINGS.map((fields) => definition.settings.safeParse({ kind, ...fields })).find(
      ({ success }) => success,
    );
    if (!settings) throw new Error(`Kind "${kind}" takes none of SETTINGS in ${FILE}: add what it asks for.`);
    return toKind(kind, definition.create(settings.data, DEPS));
  });
}

/** The servers that `openAiCompatible` knows by name. */
export function createPresets(): readonly Kind[] {
  const { kind, settings, create } = openAiCompatible;
  return Object.keys(PRESETS).map((preset) => {
    const given = settings.parse({ kind, preset, baseUrl: 'http://127.0.0.1:8080/v1', apiKey: KEY });
    return toKind(preset, create(given, DEPS));
  });
}

function toKind(kind: string, { baseUrl, operations, models }: Provider): Kind {
  const asked = { provider: kind, model: 'model-1', baseUrl };
  const path = operations.chat?.encode(QUESTION, asked).request.url.pathname ?? '';
  const model = MODELS.find(([of]) => of.test(path))?.[1] ?? 'model-1';
  return { kind, operations, models, target: { ...asked, model }, path };
}
