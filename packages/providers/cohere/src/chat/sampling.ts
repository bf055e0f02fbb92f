import type { ChatRequest } from '@sluice/contract';
import { changed, dropped } from '@sluice/toolkit';
import type { Plan } from './plan.js';

/**
 * What the vendor takes, from `cohere-openapi.yaml` of https://github.com/cohere-ai/cohere-developer-experience; it answers
 * everything outside with 400.
 */
const RANGES = {
  temperature: [0, 1],
  top_p: [0.01, 0.99],
  top_k: [0, 500],
  frequency_penalty: [0, 1],
  presence_penalty: [0, 1],
} as const;

/** The sampling parameters under the vendor's names, as near as it takes them. */
export function planSampling(request: ChatRequest): Plan {
  const asked = {
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
  };
  const names = Object.keys(RANGES) as (keyof typeof RANGES)[];
  const taken = Object.fromEntries(names.map((name) => [name, clamp(asked[name], RANGES[name])]));
  const seed = request.seed !== undefined && request.seed >= 0 ? request.seed : undefined;
  const { frequency_penalty: frequency, presence_penalty: presence } = taken;
  // Only one of the two is taken: https://docs.cohere.com/reference/errors. A penalty of 0 is none.
  const isBoth = Boolean(frequency) && Boolean(presence);
  return {
    fields: {
      temperature: taken['temperature'],
      p: taken['top_p'],
      k: taken['top_k'],
      seed,
      frequency_penalty: frequency || undefined,
      presence_penalty: isBoth ? undefined : presence || undefined,
    },
    adjustments: [
      ...names.flatMap((name) =>
        changed(name, taken[name] !== asked[name] && !(isBoth && name === 'presence_penalty')),
      ),
      ...dropped('presence_penalty', isBoth ? presence : undefined),
      ...dropped('seed', seed === undefined ? request.seed : undefined),
    ],
  };
}

function clamp(value: number | undefined, [min, max]: readonly [number, number]): number | undefined {
  return value === undefined ? undefined : Math.min(max, Math.max(min, value));
}
