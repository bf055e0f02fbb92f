import type { ChatEvent, ChatRequest, ChatResult, Feature, ModelFacts, Operation } from '@sluice/contract';
import type { Headers } from '../headers.js';
import type { ApiVersion } from '../settings.js';
import { decodeChat } from './decode.js';
import { encodeChat } from './encode.js';
import { toModelFamily } from './model-family.js';
import { createPassthrough } from './passthrough.js';
import { createStreamDecoder } from './stream-decoder.js';

/** What every request of one account shares. */
export interface Account {
  readonly headers: Headers;
  readonly version: ApiVersion;
}

/** What every model of the vendor's can do, in an answer and in a count. */
export const FEATURES: ReadonlySet<Feature> = new Set(['tools', 'vision', 'files', 'json-schema', 'reasoning']);

/** Models of other makers behind this wire take such a request, but nobody knows what they make of it. */
function goesOn(model: string, facts: ModelFacts | undefined): boolean {
  return facts?.can.has('prefill') || (model.includes('claude-') && toModelFamily(model, facts).prefill);
}

/** Chat over `POST /v1/messages`. */
export function createChat(account: Account): Operation<ChatRequest, ChatResult, ChatEvent> {
  return {
    features: FEATURES,
    encode: (request, target) => encodeChat(request, target, account),
    prefill: ({ model, facts }) => (goesOn(model, facts) ? { repeats: false } : undefined),
    decode: decodeChat,
    stream: { framing: 'sse', open: createStreamDecoder },
    passthroughs: [createPassthrough(account)],
  };
}
