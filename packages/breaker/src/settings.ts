import { z } from 'zod';

/** The `breaker:` block of the operator's file. */
export const breakerSettings = z
  .strictObject({
    consecutiveFailures: z
      .int()
      .positive()
      .default(5)
      .describe('Failures of a target in a row after which it is left out.'),
    halfOpenAfterMs: z
      .int()
      .positive()
      .default(500)
      .describe('Milliseconds that a failing target is left out before one request tries it again.'),
  })
  .describe('When a failing target is left out.');

export type BreakerSettings = z.output<typeof breakerSettings>;
