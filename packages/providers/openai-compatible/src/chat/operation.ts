import type {
  ChatEvent,
  ChatRequest,
  ChatResult,
  Feature,
  Operation,
  Passthrough,
  Prefill,
  Target,
} from '@sluice/contract';
import { OPENAI_CHAT, createOpenAiScanner, inspectChat } from '@sluice/toolkit/openai-wire';
import { decodeChat } from './decode.js';
import { encodeChat, endsInAnswer } from './encode.js';
import { createCompletionsPassthrough } from '../completions.js';
import { editCall } from '../edit-call.js';
import { createResponsesPassthrough } from '../responses.js';
import { createChunkDecoder } from './stream-decoder.js';
import { speaksTo } from '../foreign-fields.js';
import type { ServerRules } from '../rules.js';
import type { Server } from '../server.js';

const PATH = 'chat/completions';

type ChatOperation = Operation<ChatRequest, ChatResult, ChatEvent>;
export type StreamedChat = ChatOperation & Required<Pick<ChatOperation, 'stream'>>;

/** Chat completions: as a codec, and as bytes that pass through. */
export function createChatOperation(server: Server): StreamedChat {
  const { rules, headers, locate } = server;
  return {
    features: featuresOf(rules),
    encode(request, target) {
      const { body, adjustments } = encodeChat(request, target, server);
      const path = endsInAnswer(request) ? (rules.prefill?.path ?? PATH) : PATH;
      return { request: { method: 'POST', url: locate(target, path), headers: headers.plain, body }, adjustments };
    },
    prefill: (target) => prefillOf(rules, target),
    decode: decodeChat,
    stream: { framing: 'sse', open: createChunkDecoder },
    passthroughs: [
      ...(rules.passes === false ? [] : [createChatPassthrough(server)]),
      ...(rules.completions ? [createCompletionsPassthrough(server)] : []),
      ...(rules.servesResponses ? [createResponsesPassthrough(server)] : []),
    ],
  };
}

/** What the catalogue says of a model is newer than any rule of its server. */
function prefillOf({ prefill: rule }: ServerRules, { model, facts }: Target): Prefill | undefined {
  if (facts?.cannot.has('prefill')) return undefined;
  const isKnown = rule ? (rule.models?.test(model) ?? true) : facts?.can.has('prefill');
  return isKnown ? { repeats: rule?.repeats ?? false } : undefined;
}

function createChatPassthrough({ rules, headers, locate, nameOf }: Server): Passthrough {
  return {
    dialect: OPENAI_CHAT,
    takes: (call, target) => speaksTo(rules, call, target),
    encode(call, target) {
      const body = editCall(call, nameOf(target.model), rules);
      return { method: 'POST', url: locate(target, PATH), headers: headers.forCall(call), body };
    },
    inspect: inspectChat,
    scanner: createOpenAiScanner,
  };
}

function featuresOf({ tools, images, files, sounds }: ServerRules): ReadonlySet<Feature> {
  const features = new Set<Feature>(['json-schema', 'reasoning']);
  if (tools !== false) features.add('tools');
  if (images !== false) features.add('vision');
  if (files && files.length > 0) features.add('files');
  if (sounds) features.add('audio');
  return features;
}
