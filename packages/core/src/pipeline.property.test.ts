import fc from 'fast-check';
import { expect, it } from 'vitest';
import { endsStreams, settlesOnce, situation } from './__fixtures__/schedules.js';

it('settles everything exactly once, whatever providers and callers do', async () => {
  const property = fc.asyncProperty(situation, settlesOnce);
  expect((await fc.check(property, { numRuns: 400 })).errorInstance).toBeNull();
});

it('ends every stream as a whole one, or with one error frame, or silently for a caller that has left', async () => {
  const property = fc.asyncProperty(situation, endsStreams);
  expect((await fc.check(property, { numRuns: 400 })).errorInstance).toBeNull();
});
