import { z } from 'zod';

const DEFAULT_WAIT_MS = 500;

const queue = z
  .strictObject({
    maxWaiting: z
      .int()
      .nonnegative()
      .optional()
      .describe('Requests that may wait for a place at once; 0 = none waits. Default twice `maxConcurrent`.'),
    maxWaitMs: z
      .int()
      .nonnegative()
      .max(60_000)
      .optional()
      .describe('How long a request waits for a place before the next target is asked; 0 = not at all. Default 500.'),
  })
  .describe('Requests that wait for a place at the provider.');

/** What every provider may say of how many calls it takes at once. */
export const concurrencyShape = {
  maxConcurrent: z
    .int()
    .nonnegative()
    .optional()
    .describe('Calls that the provider may have in flight at once; absent means no limit, 0 means none.'),
  minConcurrent: z
    .int()
    .positive()
    .optional()
    .describe(
      'Where set, each model has a limit of its own, between this and `maxConcurrent`, that follows its time to first token.',
    ),
  queue: queue.optional(),
} as const;

/** The three settings as they stand in one provider's entry. */
export interface ConcurrencySettings {
  readonly maxConcurrent?: number | undefined;
  readonly minConcurrent?: number | undefined;
  readonly queue?: z.output<typeof queue> | undefined;
}

/** What does not go together, by the setting at fault. Empty where all is well. */
export function concurrencyProblems(given: ConcurrencySettings): readonly (readonly [setting: string, string])[] {
  const { maxConcurrent, minConcurrent, queue: line } = given;
  const problems: (readonly [string, string])[] = [];
  if (minConcurrent !== undefined && maxConcurrent === undefined) problems.push(['minConcurrent', NEEDS_MAX]);
  if (line !== undefined && maxConcurrent === undefined) problems.push(['queue', NEEDS_MAX]);
  if (minConcurrent !== undefined && maxConcurrent !== undefined && minConcurrent > maxConcurrent) {
    problems.push(['minConcurrent', 'is greater than maxConcurrent']);
  }
  return problems;
}

const NEEDS_MAX = 'stands without maxConcurrent';

/** How many calls a provider may have, and who may wait for a place. */
export interface GateRules {
  readonly maxConcurrent: number;
  /** Absent = the limit is `maxConcurrent` for all models together and no other. */
  readonly minConcurrent?: number;
  readonly maxWaiting: number;
  readonly maxWaitMs: number;
}

/** Nothing where nothing is bounded. */
export function toGateRules({ maxConcurrent, minConcurrent, queue: line }: ConcurrencySettings): GateRules | undefined {
  if (maxConcurrent === undefined) return undefined;
  return {
    maxConcurrent,
    ...(minConcurrent === undefined ? {} : { minConcurrent }),
    maxWaiting: line?.maxWaiting ?? 2 * maxConcurrent,
    maxWaitMs: line?.maxWaitMs ?? DEFAULT_WAIT_MS,
  };
}
