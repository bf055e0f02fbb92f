import type { ChatRequest, JsonObject, ToolChoice } from '@sluice/contract';
import { adjusted, changed, dropped, extensionsFor, isJsonObject } from '@sluice/toolkit';
import { GEMINI_GENERATE, toGeminiSchema, writeToolChoice, writeTools } from '@sluice/toolkit/gemini-wire';
import type { GeminiApi } from '../api.js';
import type { ModelFamily } from './model-family.js';
import type { Plan } from './plan.js';

/** More are refused. https://ai.google.dev/api/generate-content#generationconfig */
const MAX_STOPS = 5;
const MAX_LOGPROBS = 20;

/** How the answer is drawn: numbers, and where it stops. */
export function planSampling(request: ChatRequest, family: ModelFamily, { platform }: GeminiApi): Plan {
  const { maxOutputTokens, temperature, topP, topK, stop = [], logprobs } = request;
  const penalties = family.penalties || platform === 'vertex';
  const { frequencyPenalty, presencePenalty } = penalties ? request : {};
  const seed = request.seed === undefined ? undefined : toInt32(request.seed);
  return {
    config: defined({
      maxOutputTokens,
      temperature,
      topP,
      topK,
      seed,
      frequencyPenalty,
      presencePenalty,
      ...(stop.length === 0 ? {} : { stopSequences: stop.slice(0, MAX_STOPS) }),
      ...(logprobs === undefined ? {} : { responseLogprobs: true }),
      ...(logprobs?.top ? { logprobs: Math.min(logprobs.top, MAX_LOGPROBS) } : {}),
    }),
    adjustments: [
      ...changed('seed', seed !== request.seed),
      ...changed('stop', stop.length > MAX_STOPS),
      ...changed('top_logprobs', logprobs !== undefined && logprobs.top > MAX_LOGPROBS),
      ...(penalties ? [] : dropped('frequency_penalty', request.frequencyPenalty)),
      ...(penalties ? [] : dropped('presence_penalty', request.presencePenalty)),
    ],
  };
}

/** The wire's seed has 32 bits. A larger one keeps its lower half, so that equal seeds stay equal. */
function toInt32(seed: number): number {
  return Number(BigInt.asIntN(32, BigInt(Math.trunc(seed))));
}

/**
 * Functions, and what the answer shall look like. Models before Gemini 3 take one or the other, later ones both as long as
 * no call is forced; the vendor refuses the rest with 400, "Function calling with a response mime type ... is unsupported".
 */
export function planTools(request: ChatRequest, family: ModelFamily): Plan {
  const { tools = [], vendorTools = [], toolChoice, parallelToolCalls, responseFormat: format } = request;
  const formatted = format !== undefined && format.type !== 'text';
  // No function may be called: for the model that is as if there were none.
  const idle = formatted && !family.current && toolChoice?.type === 'none';
  const wire = writeTools({ tools: idle ? [] : tools, vendorTools });
  const forced = toolChoice?.type === 'required' || toolChoice?.type === 'tool';
  const clash = formatted && tools.length > 0 && !idle && (forced || !family.current);
  return {
    body: { ...(wire.length === 0 ? {} : { tools: wire }), ...toToolConfig(request, idle ? undefined : toolChoice) },
    ...(formatted && !clash ? { config: toFormat(format) } : {}),
    adjustments: [
      ...(vendorTools.some(({ kind }) => kind !== GEMINI_GENERATE) ? adjusted('tools', 'dropped') : []),
      ...(tools.length === 0 && toolChoice && toolChoice.type !== 'none' ? adjusted('tool_choice', 'dropped') : []),
      ...(parallelToolCalls === false ? adjusted('parallel_tool_calls', 'dropped') : []),
      ...(clash ? adjusted('response_format', 'dropped') : []),
    ],
  };
}

/** What the caller's own dialect says beside the choice, such as where to look for places, stays beside it. */
function toToolConfig(request: ChatRequest, choice: ToolChoice | undefined): JsonObject {
  const { tools = [] } = request;
  const { toolConfig } = extensionsFor(request, GEMINI_GENERATE);
  const own = isJsonObject(toolConfig) ? toolConfig : {};
  const strict = tools.some((tool) => tool.strict);
  const calling = tools.length === 0 ? undefined : writeToolChoice(choice, strict);
  const functionCallingConfig = { ...(own.functionCallingConfig as JsonObject | undefined), ...calling };
  if (Object.keys(functionCallingConfig).length === 0) return toolConfig === undefined ? {} : { toolConfig: own };
  return { toolConfig: { ...own, functionCallingConfig } };
}

function toFormat(format: NonNullable<ChatRequest['responseFormat']>): JsonObject {
  const schema = format.type === 'json-schema' ? { responseJsonSchema: toGeminiSchema(format.schema) } : {};
  return { responseMimeType: 'application/json', ...schema };
}

const TIERS: ReadonlyMap<string, string> = new Map([
  ['default', 'standard'],
  ['standard', 'standard'],
  ['flex', 'flex'],
  ['priority', 'priority'],
]);

/** The tier is a field of the Gemini API alone; the rest has no place on either. */
export function planRest({ serviceTier, ...request }: ChatRequest, { platform }: GeminiApi): Plan {
  const tier = platform === 'developer' ? TIERS.get(serviceTier ?? '') : undefined;
  return {
    body: defined({ serviceTier: tier }),
    adjustments: [
      ...(serviceTier !== undefined && serviceTier !== 'auto' && !tier ? adjusted('service_tier', 'dropped') : []),
      ...dropped('verbosity', request.verbosity),
      ...dropped('prompt_cache_key', request.promptCacheKey),
      ...dropped('user', request.user),
    ],
  };
}

function defined(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
