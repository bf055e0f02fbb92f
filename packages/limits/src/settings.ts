import { z } from 'zod';

const queue = z
  .strictObject({
    maxWaiting: z.int().positive().default(100).describe('Requests of a key that may wait at once.'),
    maxWaitMs: z.int().positive().max(600_000).describe('How long one waits at most; then it is refused.'),
  })
  .describe('A request that does not fit waits for its turn instead of being refused.');

/** The limits of a key. Absent = no limit, 0 = none allowed. */
export const limitRules = z.strictObject({
  requestsPerMinute: z
    .int()
    .nonnegative()
    .exactOptional()
    .describe('Requests that a key may make within a minute; absent means no limit, 0 means none.'),
  concurrent: z
    .int()
    .nonnegative()
    .exactOptional()
    .describe('Requests that a key may have in flight at once; absent means no limit, 0 means none.'),
  queue: queue.exactOptional(),
});

/** The `limits:` block of the operator's file. */
export const limitsSettings = z
  .strictObject({
    profiles: z
      .record(z.string().min(1), limitRules)
      .default({})
      .describe('Named sets of limits that keys refer to; `default` holds for keys that name none.'),
  })
  .describe('How much a key may ask for.');

export type LimitsSettings = z.output<typeof limitsSettings>;
