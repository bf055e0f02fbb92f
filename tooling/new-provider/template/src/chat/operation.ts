import type { ChatEvent, ChatRequest, ChatResult, Operation } from '@sluice/contract';
import { decodeChat } from './decode.js';
import { encodeChat } from './encode.js';
import { openStreamDecoder } from './stream-decoder.js';

/** Chat, as Acme speaks it. */
export const chat: Operation<ChatRequest, ChatResult, ChatEvent> = {
  features: new Set(),
  encode: encodeChat,
  decode: decodeChat,
  stream: { framing: 'sse', open: openStreamDecoder },
};
