import { z } from 'zod';

/** Settings of `kind: sim`. */
export const simSettings = z.strictObject({
  kind: z.literal('sim'),
  /** Equal seeds give equal answers. */
  seed: z.int().optional(),
});
export type SimSettings = z.infer<typeof simSettings>;
