import type { ChatEvent, ChatRequest, ChatResult, Feature, Operation } from '@sluice/contract';
import { decodeChat } from './decode.js';
import { encodeChat } from './encode.js';
import { createLineDecoder } from './stream-decoder.js';

const FEATURES: ReadonlySet<Feature> = new Set<Feature>(['tools', 'vision', 'audio', 'json-schema', 'reasoning']);

/** Chat over `POST /api/chat`. https://docs.ollama.com/api/chat */
export function createChat(headers: Readonly<Record<string, string>>): Operation<ChatRequest, ChatResult, ChatEvent> {
  return {
    features: FEATURES,
    encode: (request, target) => encodeChat(request, target, headers),
    // https://github.com/ollama/ollama/blob/main/docs/api.md: the template of a model leaves a last message of the
    // assistant's open.
    prefill: ({ facts }) => (facts?.cannot.has('prefill') ? undefined : { repeats: false }),
    decode: decodeChat,
    stream: { framing: 'ndjson', open: createLineDecoder },
  };
}
