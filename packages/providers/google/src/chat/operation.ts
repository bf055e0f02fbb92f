import type { ChatEvent, ChatRequest, ChatResult, Feature, Operation } from '@sluice/contract';
import type { GeminiApi } from '../api.js';
import { decodeChat } from './decode.js';
import { encodeChat } from './encode.js';
import { createPassthrough } from './passthrough.js';
import { createAnswerDecoder } from './stream-decoder.js';

export const FEATURES: ReadonlySet<Feature> = new Set([
  'tools',
  'vision',
  'files',
  'audio',
  'json-schema',
  'reasoning',
]);

type ChatOperation = Operation<ChatRequest, ChatResult, ChatEvent>;
export type StreamedChat = ChatOperation & Required<Pick<ChatOperation, 'stream'>>;

/** Chat over `:generateContent` and `:streamGenerateContent`. */
export function createChat(api: GeminiApi): StreamedChat {
  return {
    features: FEATURES,
    encode: (request, target) => encodeChat(request, target, api),
    decode: decodeChat,
    stream: { framing: 'sse', open: createAnswerDecoder },
    passthroughs: [createPassthrough(api)],
  };
}
