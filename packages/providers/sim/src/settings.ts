import { z } from 'zod';

/** The settings of `kind: sim`; the simulator says what a line of its fault script looks like. */
export function createSimSettings<Rule>(faultRule: z.ZodType<Rule>): z.ZodType<SimSettings<Rule>> {
  return z.strictObject({
    kind: z.literal('sim').describe('The built-in simulator.'),
    seed: z.int().optional().describe('Equal seeds give equal answers.'),
    faults: z.array(faultRule).optional().describe('What goes wrong: a fault script of `@sluice/simulator`.'),
  });
}

export interface SimSettings<Rule = unknown> {
  readonly kind: 'sim';
  readonly seed?: number | undefined;
  readonly faults?: readonly Rule[] | undefined;
}
