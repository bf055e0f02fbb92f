import type { ChatRequest, Encoded, Target } from '@sluice/contract';
import { adjusted, dropped, droppedExtensions } from '@sluice/toolkit';
import type { Headers } from '../headers.js';
import { toModelUrl } from '../url.js';
import { planFormat } from './format.js';
import { planMessages } from './messages.js';
import { toAdjustments, toBody } from './plan.js';
import type { Plan } from './plan.js';
import { planThinking } from './reasoning.js';
import { planSampling } from './sampling.js';
import { planTools } from './tools.js';
import { toTraits } from './traits.js';
import { CONVERSE } from './wire.js';

/**
 * A chat request as a call of `Converse` or `ConverseStream`. npm @aws-sdk/client-bedrock-runtime 3.1164.0,
 * dist-types/models/models_0.d.ts, `ConverseRequest`.
 */
export function encodeChat(request: ChatRequest, target: Target, headers: Headers): Encoded {
  const plans = toPlans(request, target);
  const url = toModelUrl(target, request.stream ? 'converse-stream' : 'converse');
  return {
    request: { method: 'POST', url, headers, body: JSON.stringify(toBody(plans)) },
    adjustments: toAdjustments(plans),
  };
}

/** Everything that goes into the body, part by part. */
export function toPlans(request: ChatRequest, { model, facts }: Target): readonly Plan[] {
  const traits = toTraits(model, facts);
  const format = planFormat(request, traits);
  const tools = planTools(request, traits, format);
  const thinking = planThinking(request, traits, tools.forced);
  return [
    planMessages(request, traits, format.instruction),
    format,
    tools,
    thinking,
    planSampling(request, traits, thinking),
    planRest(request),
  ];
}

/** `ServiceTierType` of the SDK's enums.d.ts; `auto` is what no tier at all stands for. */
const TIERS: ReadonlySet<string> = new Set(['default', 'flex', 'priority', 'reserved']);

function planRest(request: ChatRequest): Plan {
  const { stop = [], serviceTier: tier } = request;
  const sequences = stop.filter((text) => /\S/.test(text));
  const known = tier !== undefined && TIERS.has(tier);
  return {
    ...(known ? { body: { serviceTier: { type: tier } } } : {}),
    ...(sequences.length === 0 ? {} : { inferenceConfig: { stopSequences: sequences } }),
    adjustments: [
      ...(sequences.length === stop.length ? [] : adjusted('stop', 'changed')),
      ...(known || tier === 'auto' ? [] : dropped('service_tier', tier)),
      ...dropped('verbosity', request.verbosity),
      ...dropped('logprobs', request.logprobs),
      ...dropped('prompt_cache_key', request.promptCacheKey),
      ...dropped('user', request.user),
      ...droppedExtensions(request, CONVERSE),
    ],
  };
}
