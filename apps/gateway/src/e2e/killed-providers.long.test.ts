import { expect, it } from 'vitest';
import { failedEarly, firstSuccessMs, killProviders } from './__fixtures__/killed-providers.js';

it('G4 one of three providers is killed at 200 requests a second for a minute: under 0.1 % fail, none without a byte', async () => {
  await using report = await killProviders({ rate: 200, seconds: 60, kills: 1, awaySeconds: 20 });
  const { calls } = report;
  expect(calls.length).toBeGreaterThan(11_000);
  expect(failedEarly(report)).toEqual([]);
  expect(calls.filter(({ isWhole }) => !isWhole).length / calls.length).toBeLessThan(0.001);
  expect(firstSuccessMs(report, ['p0'])).toBeLessThan(1_000);
});

it('G5 all three are killed for ten seconds and come back: nobody hangs, tries are bounded, and all is well a second later', async () => {
  await using report = await killProviders({ rate: 100, seconds: 20, kills: 3, awaySeconds: 10 });
  const { calls, backAtMs, endedAtMs } = report;
  expect(Math.max(...calls.map(({ tookMs }) => tookMs))).toBeLessThan(2_500);
  const attempts = calls.reduce((sum, call) => sum + call.attempts, 0);
  expect(attempts).toBeLessThanOrEqual(1.2 * calls.length + 10 * (endedAtMs / 1_000 + 10));
  expect(calls.filter(({ sentAtMs, isWhole }) => sentAtMs > backAtMs + 1_000 && !isWhole)).toEqual([]);
  expect(firstSuccessMs(report, ['p0', 'p1', 'p2'])).toBeLessThan(1_000);
});
