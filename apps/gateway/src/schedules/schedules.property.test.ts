import fc from 'fast-check';
import { expect, it } from 'vitest';
import { holds, schedule } from './__fixtures__/schedule.js';

it(
  'over random schedules of callers, moods of providers, time and operators, with the real circuits, every invariant holds',
  { timeout: 60_000 },
  async () => {
    const property = fc.asyncProperty(schedule, holds);
    expect((await fc.check(property, { numRuns: 250 })).errorInstance).toBeNull();
  },
);
