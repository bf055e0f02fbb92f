import { expect, it } from 'vitest';
import { assertInvariants } from './__fixtures__/invariants.js';
import { failedEarly, firstSuccessMs, killProviders } from './__fixtures__/killed-providers.js';

it('G4 one of three providers is killed under load: no request without a byte fails, and its return is seen within a second', async () => {
  await using report = await killProviders({ rate: 100, seconds: 7, kills: 1, awaySeconds: 2 });
  const { calls, gateway } = report;
  expect(calls.length).toBeGreaterThan(600);
  expect(failedEarly(report)).toEqual([]);
  // Streams that it had begun.
  expect(calls.filter(({ isWhole }) => !isWhole).length).toBeLessThanOrEqual(1);
  expect(firstSuccessMs(report, ['p0'])).toBeLessThan(1_000);
  await assertInvariants({ gateway });
});

it('G5 all three are killed and come back: nobody hangs, tries are bounded, and all is well a second later', async () => {
  await using report = await killProviders({ rate: 80, seconds: 8, kills: 3, awaySeconds: 2.5 });
  const { calls, backAtMs, endedAtMs, gateway } = report;
  expect(Math.max(...calls.map(({ tookMs }) => tookMs))).toBeLessThan(2_500);
  const attempts = calls.reduce((sum, call) => sum + call.attempts, 0);
  expect(attempts).toBeLessThanOrEqual(1.2 * calls.length + 10 * (endedAtMs / 1_000 + 10));
  const steady = calls.filter(({ sentAtMs }) => sentAtMs > backAtMs + 1_000);
  expect(steady.length).toBeGreaterThan(80);
  expect(steady.filter(({ isWhole }) => !isWhole)).toEqual([]);
  expect(firstSuccessMs(report, ['p0', 'p1', 'p2'])).toBeLessThan(1_000);
  await assertInvariants({ gateway });
});
