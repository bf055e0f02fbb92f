import { createManualClock } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { Rests } from './rests.js';

function create() {
  const clock = createManualClock();
  return { clock, rests: new Rests(clock) };
}

it('lasts as long as it was told, by monotonic time', () => {
  const { clock, rests } = create();
  rests.begin('a/m', 2_000);
  clock.stepWallClock(3_600_000);
  clock.advance(1_999);
  expect(rests.leftMs('a/m')).toBe(1);
  clock.advance(1);
  expect([rests.leftMs('a/m'), rests.any]).toEqual([0, false]);
});

it('is not shortened by a second refusal', () => {
  const { rests } = create();
  rests.begin('a/m', 5_000);
  rests.begin('a/m', 1_000);
  expect(rests.list()).toEqual([['a/m', 5_000]]);
});

it('is kept for ten thousand names at most', () => {
  const { clock, rests } = create();
  for (let i = 0; i < 10_001; i += 1) rests.begin(`a/${i}`, 1_000);
  expect([rests.list().length, rests.leftMs('a/10000')]).toEqual([10_000, 0]);
  clock.advance(1_000);
  rests.begin('a/later', 1_000);
  expect(rests.list()).toEqual([['a/later', 1_000]]);
});
