import type { ChatEvent, ChatRequest, ChatResult, Feature, Operation } from '@sluice/contract';
import { decodeChat } from './decode.js';
import { encodeChat } from './encode.js';
import { createEventDecoder } from './stream-decoder.js';

const FEATURES: ReadonlySet<Feature> = new Set<Feature>(['tools', 'vision', 'json-schema', 'reasoning']);

/** Chat over `POST /v2/chat`. https://docs.cohere.com/reference/chat */
export function createChat(headers: Readonly<Record<string, string>>): Operation<ChatRequest, ChatResult, ChatEvent> {
  return {
    features: FEATURES,
    encode: (request, target) => encodeChat(request, target, headers),
    decode: decodeChat,
    stream: { framing: 'sse', open: createEventDecoder },
  };
}
