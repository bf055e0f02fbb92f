import fc from 'fast-check';
import { expect, it } from 'vitest';
import { endsStreams, settlesOnce, situation } from './__fixtures__/schedules.js';

const SCHEDULES = 10_000;
const PATIENCE_MS = 600_000;

it.for([
  ['everything is settled exactly once', settlesOnce],
  ['every stream ends as it must', endsStreams],
] as const)(
  'over ten thousand schedules of retries, keys, rests, hedges and hold-back, %s',
  { timeout: PATIENCE_MS },
  async ([, holds]) => {
    const property = fc.asyncProperty(situation, holds);
    expect((await fc.check(property, { numRuns: SCHEDULES })).errorInstance).toBeNull();
  },
);
