import type { ChatEvent, ChatRequest, ChatResult, Operation, Target } from '@sluice/contract';
import { createKinds, createPresets } from '../../providers-page/kinds.js';
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
  [/\/chat\/completions$|\/text\/chat(?:_stream)?$/, openAiWire],
  [/\/messages$|:rawPredict$|:streamRawPredict$/, anthropicWire],
  [/:generateContent$|:streamGenerateContent$/, geminiWire],
  [/\/converse(?:-stream)?$/, bedrockWire],
  [/\/v2\/chat$/, cohereWire],
  [/\/api\/chat$/, ollamaWire],
];

/** Every kind that the app registers and that chats, and every server that it knows by name. A new one is here by itself; one of a new API needs a wire. */
export const VENDORS: readonly Vendor[] = [...createKinds(), ...createPresets()].flatMap(({ kind, operations, target, path }) => {
  const { chat } = operations;
  if (!chat?.stream) return [];
  const wire = WIRES.find(([of]) => of.test(path))?.[1];
  if (!wire) throw new Error(`Add the API at ${path} of kind "${kind}" to WIRES in ${import.meta.filename}, with a wire.`);
  return [{ kind, chat: { ...chat, stream: chat.stream }, target, wire }];
});
