import { z } from 'zod';

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
