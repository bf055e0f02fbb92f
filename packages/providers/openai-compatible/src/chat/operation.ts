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
import { speaksTo } from '../foreign-fields.js';
import type { ServerRules } from '../rules.js';

const PATH = 'chat/completions';
const USAGE_IN_STREAM = { key: 'stream_options', value: { include_usage: true } } as const;

/** Chat completions: as a codec, and as bytes that pass through. */
export function createChatOperation(
  rules: ServerRules,
  headers: HeaderWriter,
): Operation<ChatRequest, ChatResult, ChatEvent> {
  return {
    features: featuresOf(rules),
    encode(request, target) {
      const { body, adjustments } = encodeChat(request, target, rules);
      const url = endpoint(target.baseUrl, PATH);
      return { request: { method: 'POST', url, headers: headers.plain, body }, adjustments };
    },
    decode: decodeChat,
    stream: { framing: 'sse', open: createChunkDecoder },
    passthroughs: [
      {
        dialect: OPENAI_CHAT,
        takes: (call, target) => speaksTo(rules, call, target),
        encode(call, target) {
          const url = endpoint(target.baseUrl, PATH);
          return { method: 'POST', url, headers: headers.forCall(call), body: editChat(call, target.model) };
        },
        inspect: inspectChat,
        scanner: createOpenAiScanner,
      },
      ...(rules.servesResponses ? [createResponsesPassthrough(headers)] : []),
    ],
  };
}

function featuresOf({ images, files, sounds }: ServerRules): ReadonlySet<Feature> {
  const features = new Set<Feature>(['tools', 'json-schema', 'reasoning']);
  if (images !== false) features.add('vision');
  if (files && files.length > 0) features.add('files');
  if (sounds) features.add('audio');
  return features;
}

/** Names the vendor's model and asks for usage on behalf of the gateway where the caller did not. */
function editChat(call: RawCall, model: string): NonNullable<UpstreamRequest['body']> {
  if (!call.stream || call.wantsUsage) return editCallBody(call, { model });
  const { stream_options: options } = call.wire;
  if (options === undefined) return editCallBody(call, { model, add: USAGE_IN_STREAM });
  const asked = { ...(isJsonObject(options) ? options : {}), include_usage: true };
  return setTopLevel(setTopLevel(call.body, 'model', model), 'stream_options', asked);
}
