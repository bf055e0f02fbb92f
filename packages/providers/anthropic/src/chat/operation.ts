import type { ChatEvent, ChatRequest, ChatResult, Feature, Operation } from '@sluice/contract';
import type { Headers } from '../headers.js';
import type { ApiVersion } from '../settings.js';
import { decodeChat } from './decode.js';
import { encodeChat } from './encode.js';
import { createPassthrough } from './passthrough.js';
import { createStreamDecoder } from './stream-decoder.js';

/** What every request of one account shares. */
export interface Account {
  readonly headers: Headers;
  readonly version: ApiVersion;
}

/** What every model of the vendor's can do, in an answer and in a count. */
export const FEATURES: ReadonlySet<Feature> = new Set(['tools', 'vision', 'files', 'json-schema', 'reasoning']);

/** Chat over `POST /v1/messages`. */
export function createChat(account: Account): Operation<ChatRequest, ChatResult, ChatEvent> {
  return {
    features: FEATURES,
    encode: (request, target) => encodeChat(request, target, account),
    decode: decodeChat,
    stream: { framing: 'sse', open: createStreamDecoder },
    passthroughs: [createPassthrough(account)],
  };
}
