import { expect, it } from 'vitest';
import { createBackoff } from './backoff.js';

/** The first waits of many sequences, and their fifths. */
function draw(): { readonly first: readonly number[]; readonly fifth: readonly number[] } {
  const backoff = createBackoff();
  const sequences = Array.from({ length: 500 }, () => {
    const first = backoff();
    return [first.delayMs, first.next().next().next().next().delayMs] as const;
  });
  return { first: sequences.map(([first]) => first), fifth: sequences.map(([, fifth]) => fifth) };
}
const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

it('waits at most 35 ms before the second try, each time for another time', () => {
  const { first } = draw();
  expect([Math.max(...first) <= 35, Math.min(...first) >= 0, new Set(first).size > 400]).toEqual([true, true, true]);
});

it('waits longer from try to try', () => {
  const { first, fifth } = draw();
  expect(meanOf(fifth)).toBeGreaterThan(5 * meanOf(first));
});

it('waits two seconds at most', () => {
  let step = createBackoff()();
  for (let i = 0; i < 40; i += 1) {
    step = step.next();
    expect(step.delayMs).toBeLessThanOrEqual(2_000);
  }
});
