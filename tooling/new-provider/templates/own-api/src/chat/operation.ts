import type { ChatEvent, ChatRequest, ChatResult, Feature, Operation } from '@sluice/contract';
import { decodeChat } from './decode.js';
import { encodeChat } from './encode.js';
import type { Headers } from './encode.js';
import { openStreamDecoder } from './stream-decoder.js';

const FEATURES: ReadonlySet<Feature> = new Set<Feature>();

/** Chat, as Acme speaks it. */
export function createChat(headers: Headers): Operation<ChatRequest, ChatResult, ChatEvent> {
  return {
    features: FEATURES,
    encode: (request, target) => encodeChat(request, target, headers),
    decode: decodeChat,
    stream: { framing: 'sse', open: openStreamDecoder },
  };
}
