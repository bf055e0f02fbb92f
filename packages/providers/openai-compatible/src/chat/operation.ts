import type { ChatEvent, ChatRequest, ChatResult, Feature, Operation } from '@sluice/contract';
import { endpoint } from '@sluice/toolkit';
import { OPENAI_CHAT, createOpenAiScanner, inspectChat } from '@sluice/toolkit/openai-wire';
import { decodeChat } from './decode.js';
import { encodeChat } from './encode.js';
import { createCompletionsPassthrough } from '../completions.js';
import { editCall } from '../edit-call.js';
import { createResponsesPassthrough } from '../responses.js';
import { createChunkDecoder } from './stream-decoder.js';
import type { HeaderWriter } from '../headers.js';
import { speaksTo } from '../foreign-fields.js';
import type { ServerRules } from '../rules.js';

const PATH = 'chat/completions';

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
          return { method: 'POST', url, headers: headers.forCall(call), body: editCall(call, target.model, rules) };
        },
        inspect: inspectChat,
        scanner: createOpenAiScanner,
      },
      ...(rules.completions ? [createCompletionsPassthrough(rules, headers)] : []),
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
