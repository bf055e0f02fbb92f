import type { ChatRequest } from '@sluice/contract';
import { adjusted, dropped } from '@sluice/toolkit';
import type { ModelFamily } from './model-family.js';
import type { Plan } from './plan.js';

const MAX_TEMPERATURE = 1;
/** A model that thinks takes no other temperature, and no `top_p` below the other number. */
const THINKING_TEMPERATURE = 1;
const THINKING_MIN_TOP_P = 0.95;

type Sampling = Pick<ChatRequest, 'temperature' | 'topP' | 'topK'>;

/** The sampling parameters that this wire has at all, as far as the model takes them. */
export function planSampling(request: ChatRequest, family: ModelFamily, thinks: boolean): Plan {
  const { temperature, topP, topK } = request;
  const taken = toTaken(request, family, thinks);
  return {
    fields: {
      ...(taken.temperature === undefined ? {} : { temperature: taken.temperature }),
      ...(taken.topP === undefined ? {} : { top_p: taken.topP }),
      ...(taken.topK === undefined ? {} : { top_k: taken.topK }),
    },
    adjustments: [
      ...dropped('seed', request.seed),
      ...dropped('frequency_penalty', request.frequencyPenalty),
      ...dropped('presence_penalty', request.presencePenalty),
      ...(taken.temperature === undefined ? dropped('temperature', temperature) : []),
      ...(taken.temperature !== undefined && taken.temperature !== temperature
        ? adjusted('temperature', 'changed')
        : []),
      ...(taken.topP === undefined ? dropped('top_p', topP) : []),
      ...(taken.topK === undefined ? dropped('top_k', topK) : []),
    ],
  };
}

function toTaken({ temperature, topP, topK }: Sampling, family: ModelFamily, thinks: boolean): Sampling {
  if (!family.sampling) return {};
  const keepsTopP = topP !== undefined && (temperature === undefined || family.bothSamplers);
  if (thinks) {
    return {
      ...(temperature === THINKING_TEMPERATURE ? { temperature } : {}),
      ...(keepsTopP && topP >= THINKING_MIN_TOP_P ? { topP } : {}),
    };
  }
  return {
    ...(temperature === undefined ? {} : { temperature: Math.min(temperature, MAX_TEMPERATURE) }),
    ...(keepsTopP ? { topP } : {}),
    ...(topK === undefined ? {} : { topK }),
  };
}
