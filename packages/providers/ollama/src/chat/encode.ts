import type { Adjustment, ChatRequest, Encoded, ResponseFormat, Target } from '@sluice/contract';
import {
  changed,
  dropped,
  droppedAsides,
  droppedFields,
  endpoint,
  isJsonObject,
  nativeExtensions,
} from '@sluice/toolkit';
import { OLLAMA_FIELDS, TRUNCATE } from '../extensions.js';
import { writeMessages } from './messages.js';
import { planThinking } from './thinking.js';
import { planTools } from './tools.js';

/** The server takes no more alternatives for a token. */
const MAX_TOP_LOGPROBS = 20;

/** What the server has no field for. */
const MISSING = {
  vendorTools: 'tools',
  verbosity: 'verbosity',
  serviceTier: 'service_tier',
  promptCacheKey: 'prompt_cache_key',
  user: 'user',
} as const satisfies Partial<Record<keyof ChatRequest, string>>;

/** A chat request as a call of `POST /api/chat`. */
export function encodeChat(request: ChatRequest, target: Target, headers: Readonly<Record<string, string>>): Encoded {
  const conversation = writeMessages(request.messages);
  const thinking = planThinking(request.reasoning);
  const tools = planTools(request);
  const { fields: own, adjustments } = nativeExtensions(request, OLLAMA_FIELDS);
  const { options, ...fields } = own;
  const rest = JSON.stringify({
    truncate: TRUNCATE,
    ...fields,
    // Streamed unless told otherwise.
    stream: request.stream,
    format: writeFormat(request.responseFormat),
    options: writeOptions(request, options),
    tools: tools.field,
    think: thinking.field,
    ...writeLogprobs(request),
  });
  const model = JSON.stringify(target.model);
  const body = `{"model":${model},"messages":[${conversation.json.join(',')}],${rest.slice(1)}`;
  return {
    request: { method: 'POST', url: endpoint(target.baseUrl, 'api/chat'), headers, body },
    adjustments: [
      ...conversation.adjustments,
      ...thinking.adjustments,
      ...tools.adjustments,
      ...lostOf(request),
      ...adjustments,
      ...(isJsonObject(options) ? [] : dropped('options', options)),
    ],
  };
}

/** In the names of a Modelfile's parameters. What is not said is as the model's own Modelfile has it. */
function writeOptions(request: ChatRequest, own: unknown): Record<string, unknown> | undefined {
  const options = {
    num_predict: request.maxOutputTokens,
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    stop: request.stop,
    seed: request.seed,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
  };
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  if (given.length === 0) return isJsonObject(own) ? own : undefined;
  return { ...(isJsonObject(own) ? own : {}), ...Object.fromEntries(given) };
}

/** https://docs.ollama.com/capabilities/structured-outputs */
function writeFormat(format: ResponseFormat | undefined): unknown {
  if (format?.type === 'json') return 'json';
  return format?.type === 'json-schema' ? format.schema : undefined;
}

/** npm ollama 0.6.4, `ChatRequest`. */
function writeLogprobs({ logprobs }: ChatRequest): object {
  return logprobs ? { logprobs: true, top_logprobs: Math.min(logprobs.top, MAX_TOP_LOGPROBS) } : {};
}

function lostOf(request: ChatRequest): readonly Adjustment[] {
  const { responseFormat: format, logprobs } = request;
  return [
    ...dropped('response_format.description', format?.type === 'json-schema' ? format.description : undefined),
    ...changed('top_logprobs', logprobs !== undefined && logprobs.top > MAX_TOP_LOGPROBS),
    ...droppedAsides(request, ['cache_control', 'citations', 'image_url.detail', 'tool_result.is_error']),
    ...droppedFields(request, MISSING),
  ];
}
