import { z } from 'zod';

/** Settings of `kind: sim`. */
export const simSettings = z.strictObject({
  kind: z.literal('sim').describe('The built-in simulator.'),
  seed: z.int().optional().describe('Equal seeds give equal answers.'),
});
export type SimSettings = z.infer<typeof simSettings>;
