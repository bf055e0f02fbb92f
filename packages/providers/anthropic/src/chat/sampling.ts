import type { ChatRequest } from '@sluice/contract';
import type { ModelFamily } from './model-family.js';
import { adjusted, dropped } from './plan.js';
import type { Plan } from './plan.js';

const MAX_TEMPERATURE = 1;

/** The sampling parameters that this wire has at all, as far as the model takes them. */
export function planSampling(request: ChatRequest, family: ModelFamily, thinks: boolean): Plan {
  const { temperature, topP, topK } = request;
  const never = [
    ...dropped('seed', request.seed),
    ...dropped('frequency_penalty', request.frequencyPenalty),
    ...dropped('presence_penalty', request.presencePenalty),
  ];
  // A model that thinks is sampled as the vendor likes: other values are refused with 400.
  if (!family.sampling || thinks) {
    const refused = [...dropped('temperature', temperature), ...dropped('top_p', topP), ...dropped('top_k', topK)];
    return { fields: {}, adjustments: [...never, ...refused] };
  }
  const keepsTopP = topP !== undefined && (temperature === undefined || family.bothSamplers);
  return {
    fields: {
      ...(temperature === undefined ? {} : { temperature: Math.min(temperature, MAX_TEMPERATURE) }),
      ...(keepsTopP ? { top_p: topP } : {}),
      ...(topK === undefined ? {} : { top_k: topK }),
    },
    adjustments: [
      ...never,
      ...(temperature !== undefined && temperature > MAX_TEMPERATURE ? adjusted('temperature', 'changed') : []),
      ...(keepsTopP ? [] : dropped('top_p', topP)),
    ],
  };
}
