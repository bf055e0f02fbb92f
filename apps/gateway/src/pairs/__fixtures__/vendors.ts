import type { ChatEvent, ChatRequest, ChatResult, Operation, Target } from '@sluice/contract';
import { createProviderDeps } from '@sluice/testkit';
import { PROVIDER_DEFINITIONS } from '../../config/definitions.js';
import { bedrockWire } from './wires/bedrock.js';
import { cohereWire } from './wires/cohere.js';
import { anthropicWire, geminiWire, openAiWire } from './wires/dialects.js';
import { ollamaWire } from './wires/ollama.js';
import type { Wire } from './wires/wire.js';

type Chat = Operation<ChatRequest, ChatResult, ChatEvent>;

/** One kind of provider, and the API that it speaks. */
export interface Vendor {
  readonly kind: string;
  readonly chat: Chat & { readonly stream: NonNullable<Chat['stream']> };
  readonly target: Target;
  readonly wire: Wire;
}

const WIRES: readonly (readonly [path: RegExp, wire: Wire])[] = [
  [/\/chat\/completions$/, openAiWire],
  [/\/messages$|:rawPredict$|:streamRawPredict$/, anthropicWire],
  [/:generateContent$|:streamGenerateContent$/, geminiWire],
  [/\/converse(?:-stream)?$/, bedrockWire],
  [/\/v2\/chat$/, cohereWire],
  [/\/api\/chat$/, ollamaWire],
];

const KEY = { env: 'KEY' };
/** What the kinds of the app ask their operators for; the first that a kind takes is used. */
const SETTINGS: readonly Readonly<Record<string, unknown>>[] = [
  { region: 'us-east-1', accessKeyId: KEY, secretAccessKey: KEY },
  { apiKey: KEY },
  { baseUrl: 'http://127.0.0.1:8080/v1', apiKey: KEY },
  { apiKey: KEY, resource: 'r' },
  { project: 'p', location: 'us-central1' },
  {},
];

const QUESTION: ChatRequest = {
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
  stream: false,
};

/** Every kind that the app registers and that chats. A new one is here by itself; one of a new API needs a wire. */
export const VENDORS: readonly Vendor[] = PROVIDER_DEFINITIONS.filter(({ kind }) => kind !== 'sim').flatMap(
  (definition): readonly Vendor[] => {
    const { kind } = definition;
    const settings = SETTINGS.map((fields) => definition.settings.safeParse({ kind, ...fields })).find(
      ({ success }) => success,
    );
    if (!settings) throw new Error(`No settings in this file are taken by kind "${kind}".`);
    const { baseUrl, operations } = definition.create(settings.data, createProviderDeps({}));
    const { chat } = operations;
    if (!chat?.stream) return [];
    const target = { provider: kind, model: 'model-1', baseUrl };
    const { pathname } = chat.encode(QUESTION, target).request.url;
    const wire = WIRES.find(([path]) => path.test(pathname))?.[1];
    if (!wire) throw new Error(`No wire in this folder speaks ${pathname} of kind "${kind}".`);
    return [{ kind, chat: { ...chat, stream: chat.stream }, target: { ...target, model: wire.model }, wire }];
  },
);
