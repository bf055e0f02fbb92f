import type { Adjustment, ChatRequest, JsonObject } from '@sluice/contract';
import { adjusted, dropped } from '@sluice/toolkit';
import { planSampling as planClaudeSampling } from '@sluice/provider-anthropic/internal';
import type { Plan } from './plan.js';
import type { ThinkingPlan } from './reasoning.js';
import type { ModelTraits } from './traits.js';

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InferenceConfiguration.html */
const MAX_TEMPERATURE = 1;

/** The sampling parameters, as far as the model takes them. */
export function planSampling(request: ChatRequest, traits: ModelTraits, { thinks, bare }: ThinkingPlan): Plan {
  const { claude } = traits;
  if (claude) {
    const { fields, adjustments } = planClaudeSampling(request, claude, thinks);
    const { temperature, top_p: topP, top_k: topK } = fields;
    return toPlan({ temperature, topP }, topK === undefined ? {} : { top_k: topK }, adjustments);
  }
  const { temperature, topP, topK } = request;
  const never = [
    ...dropped('seed', request.seed),
    ...dropped('frequency_penalty', request.frequencyPenalty),
    ...dropped('presence_penalty', request.presencePenalty),
  ];
  if (bare || !traits.sampling) {
    const refused = [...dropped('temperature', temperature), ...dropped('top_p', topP), ...dropped('top_k', topK)];
    return { adjustments: [...never, ...refused] };
  }
  const hot = temperature !== undefined && temperature > MAX_TEMPERATURE;
  const capped = hot ? MAX_TEMPERATURE : temperature;
  return toPlan({ temperature: capped, topP }, toTopK(topK, traits), [
    ...never,
    ...(hot ? adjusted('temperature', 'changed') : []),
    ...(traits.topK === undefined ? dropped('top_k', topK) : []),
  ]);
}

function toTopK(topK: number | undefined, { topK: where }: ModelTraits): JsonObject {
  if (topK === undefined || where === undefined) return {};
  return where === 'nova' ? { inferenceConfig: { topK } } : { [where]: topK };
}

function toPlan(inference: JsonObject, extra: JsonObject, adjustments: readonly Adjustment[]): Plan {
  const given = Object.entries(inference).filter(([, value]) => value !== undefined);
  return { inferenceConfig: Object.fromEntries(given), additionalModelRequestFields: extra, adjustments };
}
