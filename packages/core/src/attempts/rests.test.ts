import { createManualClock } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { Rests } from './rests.js';

function create() {
  const clock = createManualClock();
  return { clock, rests: new Rests(clock) };
}

it('lasts as long as it was told, by monotonic time', () => {
  const { clock, rests } = create();
  rests.begin('a/m', { ms: 2_000, firm: true });
  clock.stepWallClock(3_600_000);
  clock.advance(1_999);
  expect(rests.leftMs('a/m')).toBe(1);
  clock.advance(1);
  expect([rests.leftMs('a/m'), rests.any]).toEqual([0, false]);
});

it('is not shortened by a second refusal', () => {
  const { rests } = create();
  rests.begin('a/m', { ms: 5_000, firm: true });
  rests.begin('a/m', { ms: 1_000, firm: true });
  expect(rests.list()).toEqual([['a/m', 5_000]]);
});

it('that was guessed can be looked past, and ends with a success; one that was asked for cannot', () => {
  const { rests } = create();
  rests.begin('guessed', { ms: 60_000, firm: false });
  rests.begin('asked', { ms: 60_000, firm: true });
  expect([rests.leftMs('guessed', true), rests.leftMs('asked', true)]).toEqual([0, 60_000]);
  rests.endGuessed('guessed');
  rests.endGuessed('asked');
  expect(rests.list()).toEqual([['asked', 60_000]]);
});

it('is kept for ten thousand names at most', () => {
  const { clock, rests } = create();
  for (let i = 0; i < 10_001; i += 1) rests.begin(`a/${i}`, { ms: 1_000, firm: true });
  expect([rests.list().length, rests.leftMs('a/10000')]).toEqual([10_000, 0]);
  clock.advance(1_000);
  rests.begin('a/later', { ms: 1_000, firm: true });
  expect(rests.list()).toEqual([['a/later', 1_000]]);
});
