import type { ChatEvent, ChatRequest, ChatResult, Feature, Operation } from '@sluice/contract';
import { createEventStreamReader } from '../event-stream.js';
import type { Headers } from '../headers.js';
import { decodeChat } from './decode.js';
import { encodeChat } from './encode.js';
import { createStreamDecoder } from './stream-decoder.js';

const FEATURES: ReadonlySet<Feature> = new Set(['tools', 'vision', 'files', 'audio', 'json-schema', 'reasoning']);

/** Chat over `POST /model/{id}/converse` and `/converse-stream`. */
export function createChat(headers: Headers): Operation<ChatRequest, ChatResult, ChatEvent> {
  return {
    features: FEATURES,
    encode: (request, target) => encodeChat(request, target, headers),
    prefill: ({ facts }) => (facts?.can.has('prefill') ? { repeats: false } : undefined),
    decode: decodeChat,
    stream: {
      framing: createEventStreamReader,
      contentType: 'application/vnd.amazon.eventstream',
      open: createStreamDecoder,
    },
  };
}
