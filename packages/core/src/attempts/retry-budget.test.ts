import { createManualClock } from '@sluice/testkit';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RetryBudget } from './retry-budget.js';

function taken(budget: RetryBudget, tries: number): number {
  let count = 0;
  for (let i = 0; i < tries; i += 1) if (budget.take()) count += 1;
  return count;
}

it('allows ten further tries a second, which ten seconds may spend at once', () => {
  expect(taken(new RetryBudget(createManualClock()), 500)).toBe(100);
});

it('allows one more for every five requests', () => {
  const budget = new RetryBudget(createManualClock());
  for (let i = 0; i < 99; i += 1) budget.deposit();
  expect(taken(budget, 500)).toBe(119);
});

it('forgets after ten seconds what was brought in and what was spent', () => {
  const clock = createManualClock();
  const budget = new RetryBudget(clock);
  for (let i = 0; i < 500; i += 1) budget.deposit();
  clock.advance(9_000);
  expect(taken(budget, 500)).toBe(200);
  clock.advance(1_000);
  // The requests are forgotten, what was spent is not.
  expect(taken(budget, 500)).toBe(0);
  clock.advance(9_000);
  expect(taken(budget, 500)).toBe(100);
});

it('follows no step of the wall clock', () => {
  const clock = createManualClock();
  const budget = new RetryBudget(clock);
  taken(budget, 100);
  clock.stepWallClock(3_600_000);
  expect([taken(budget, 1), budget.refused]).toEqual([0, 1]);
});

it('allows no further try beyond a fifth of the requests of the last ten seconds and ten a second', () => {
  const event = fc.record({ after: fc.nat(1_500), requests: fc.nat(40), tries: fc.nat(60) });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const clock = createManualClock();
      const budget = new RetryBudget(clock);
      const log: { readonly second: number; readonly requests: number; readonly spent: number }[] = [];
      for (const { after, requests, tries } of events) {
        clock.advance(after);
        for (let i = 0; i < requests; i += 1) budget.deposit();
        const second = Math.floor(clock.monotonic() / 1_000);
        const spent = taken(budget, tries);
        log.push({ second, requests, spent });
        // Requests that are forgotten later take nothing back.
        if (spent === 0) continue;
        const recent = log.filter((each) => each.second > second - 10);
        const sum = (of: 'requests' | 'spent'): number => recent.reduce((total, each) => total + each[of], 0);
        expect(sum('spent')).toBeLessThanOrEqual(sum('requests') / 5 + 100);
      }
    }),
  );
});
