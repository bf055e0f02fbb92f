import { z } from 'zod';
import { MAX_TIMER_MS } from '../system-clock.js';

/** How a provider is asked how it fares while no request does; absent: it is not. */
export const probeSettings = z
  .strictObject({
    everyMs: z
      .int()
      .min(1_000)
      .max(MAX_TIMER_MS)
      .describe('Milliseconds between two calls, give or take a tenth; none is made while requests tell as much.'),
    timeoutMs: z.int().min(1).max(60_000).optional().describe('Milliseconds that one may take. Default 2000.'),
    path: z
      .string()
      .regex(/^\/(?!\/)[!-~]*$/, 'expected a path from the root, as /health')
      .optional()
      .describe('What is fetched, from the root of the origin. Default: the list of models.'),
  })
  .describe('Calls that find out how the provider fares while no request does. Default: none.');

export type ProbeSettings = z.output<typeof probeSettings>;
