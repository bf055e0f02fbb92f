import type { Adjustment, ChatRequest, Encoded, JsonObject, Target } from '@sluice/contract';
import { adjusted, droppedExtensions, extensionsFor, isJsonObject } from '@sluice/toolkit';
import { GEMINI_GENERATE } from '@sluice/toolkit/gemini-wire';
import type { GeminiApi } from '../api.js';
import { planContents } from './contents.js';
import { planRest, planSampling, planTools } from './generation.js';
import { toModelFamily } from './model-family.js';
import type { Plan } from './plan.js';
import { planThinking } from './thinking.js';

/** A chat request as a call of `:generateContent`. https://ai.google.dev/api/generate-content */
export function encodeChat(request: ChatRequest, target: Target, api: GeminiApi): Encoded {
  const { body, adjustments } = encodeBody(request, target, api);
  const url = api.url(target, toMethod(request.stream));
  return { request: { method: 'POST', url, headers: api.headers, body: JSON.stringify(body) }, adjustments };
}

/** Without `alt=sse` a stream would be one JSON list that grows. */
export function toMethod(stream: boolean): string {
  return stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
}

export interface EncodedBody {
  readonly body: JsonObject;
  readonly adjustments: readonly Adjustment[];
}

/** The body of a call. What the caller's own dialect added comes first, so that what the gateway knows wins. */
export function encodeBody(request: ChatRequest, target: Target, api: GeminiApi): EncodedBody {
  const family = toModelFamily(target.model, target.facts);
  const plans: readonly Plan[] = [
    planExtensions(request),
    planContents(request, family, api),
    planTools(request, family),
    planSampling(request, family, api),
    planThinking(request, family),
    planRest(request, api),
  ];
  const body = Object.assign({}, ...plans.map((plan) => plan.body)) as JsonObject;
  const config = Object.assign({}, ...plans.map((plan) => plan.config)) as JsonObject;
  const adjustments = plans.flatMap((plan) => plan.adjustments ?? []);
  return { body: Object.keys(config).length === 0 ? body : { ...body, generationConfig: config }, adjustments };
}

const CONFIG = 'generationConfig.';

/** A name with a dot stands for a nested field: of the configuration it goes back there, any other is reported. */
function planExtensions(request: ChatRequest): Plan {
  const body: Record<string, unknown> = {};
  const config: Record<string, unknown> = {};
  const lost: string[] = [];
  const { toolConfig: _, generationConfig, ...own } = extensionsFor(request, GEMINI_GENERATE);
  if (isJsonObject(generationConfig)) Object.assign(config, generationConfig);
  for (const [name, value] of Object.entries(own)) {
    if (name.startsWith(CONFIG)) config[name.slice(CONFIG.length)] = value;
    else if (name.includes('.')) lost.push(name);
    else body[name] = value;
  }
  return {
    body,
    config,
    adjustments: [...lost.flatMap((name) => adjusted(name, 'dropped')), ...droppedExtensions(request, GEMINI_GENERATE)],
  };
}
