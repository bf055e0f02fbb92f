import fc from 'fast-check';
import { expect, it } from 'vitest';
import { holds, schedule } from './__fixtures__/schedule.js';

it('over ten thousand schedules of callers, moods of providers, time and operators, every invariant holds', async () => {
  const property = fc.asyncProperty(schedule, holds);
  expect((await fc.check(property, { numRuns: 10_000 })).errorInstance).toBeNull();
});
