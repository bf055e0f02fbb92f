import type { ChatEvent, ChatRequest, ChatResult, Feature, Operation } from '@sluice/contract';
import { decodeChat } from './decode.js';
import { encodeChat } from './encode.js';
import { openStreamDecoder } from './stream-decoder.js';
import type { Account } from '../account.js';

const FEATURES: ReadonlySet<Feature> = new Set<Feature>(['tools', 'vision', 'audio', 'json-schema', 'reasoning']);

/** Chat, as watsonx.ai speaks it. https://cloud.ibm.com/apidocs/watsonx-ai#text-chat */
export function createChat(account: Account): Operation<ChatRequest, ChatResult, ChatEvent> {
  return {
    features: FEATURES,
    encode: (request, target) => encodeChat(request, target, account),
    decode: (body, _head, target) => decodeChat(body, target),
    stream: { framing: 'sse', open: (_head, target) => openStreamDecoder(target) },
  };
}
