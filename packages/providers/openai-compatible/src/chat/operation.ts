import type {
  ChatEvent,
  ChatRequest,
  ChatResult,
  Feature,
  Operation,
  RawCall,
  UpstreamRequest,
} from '@sluice/contract';
import { editCallBody, endpoint, isJsonObject, setTopLevel } from '@sluice/toolkit';
import { OPENAI_CHAT, createOpenAiScanner, inspectChat } from '@sluice/toolkit/openai-wire';
import { decodeChat } from './decode.js';
import { encodeChat } from './encode.js';
import { createResponsesPassthrough } from '../responses.js';
import { createChunkDecoder } from './stream-decoder.js';
import type { HeaderWriter } from '../headers.js';
import type { DialectTweaks } from '../tweaks.js';

const PATH = 'chat/completions';
const USAGE_IN_STREAM = { key: 'stream_options', value: { include_usage: true } } as const;
const FEATURES: ReadonlySet<Feature> = new Set<Feature>(['tools', 'vision', 'json-schema', 'reasoning']);

/** Chat completions: as a codec, and as bytes that pass through. */
export function createChatOperation(
  tweaks: DialectTweaks,
  headers: HeaderWriter,
): Operation<ChatRequest, ChatResult, ChatEvent> {
  return {
    features: FEATURES,
    encode(request, target) {
      const { body, adjustments } = encodeChat(request, target, tweaks);
      const url = endpoint(target.baseUrl, PATH);
      return { request: { method: 'POST', url, headers: headers.plain, body }, adjustments };
    },
    decode: decodeChat,
    stream: { framing: 'sse', open: createChunkDecoder },
    passthroughs: [
      {
        dialect: OPENAI_CHAT,
        encode(call, target) {
          const url = endpoint(target.baseUrl, PATH);
          return { method: 'POST', url, headers: headers.forCall(call), body: editChat(call, target.model) };
        },
        inspect: inspectChat,
        scanner: createOpenAiScanner,
      },
      ...(tweaks.servesResponses ? [createResponsesPassthrough(headers)] : []),
    ],
  };
}

/** Names the vendor's model and asks for usage on behalf of the gateway where the caller did not. */
function editChat(call: RawCall, model: string): NonNullable<UpstreamRequest['body']> {
  if (!call.stream || call.wantsUsage) return editCallBody(call, { model });
  const { stream_options: options } = call.wire;
  if (options === undefined) return editCallBody(call, { model, add: USAGE_IN_STREAM });
  const asked = { ...(isJsonObject(options) ? options : {}), include_usage: true };
  return setTopLevel(setTopLevel(call.body, 'model', model), 'stream_options', asked);
}
