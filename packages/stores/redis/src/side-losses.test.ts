import { createManualClock } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { SideLosses } from './side-losses.js';

function open({ isServerUp = (): boolean => true } = {}) {
  const clock = createManualClock();
  const told: unknown[] = [];
  const losses = new SideLosses({ clock, isServerUp, onLost: (...loss) => told.push(loss) });
  return { clock, told, losses };
}

it('tells of a side that is lost by itself, once for all losses of two seconds', () => {
  const { clock, told, losses } = open();
  losses.noteSide('claims', 'first');
  clock.advance(500);
  losses.noteSide('claims', 'again');
  losses.noteSide('answers', 'other');
  clock.advance(2_000);
  expect(told).toEqual([
    ['claims', 'first'],
    ['answers', 'other'],
  ]);
  losses.noteSide('claims', 'later');
  clock.advance(2_000);
  expect(told).toHaveLength(3);
});

it.each([
  ['before', -1_000],
  ['after', 1_000],
])('does not repeat that the server was lost %s it', (_, afterMs) => {
  const { clock, told, losses } = open();
  if (afterMs < 0) losses.noteServer();
  clock.advance(Math.abs(afterMs));
  losses.noteSide('claims', 'with it');
  clock.advance(Math.abs(afterMs));
  if (afterMs > 0) losses.noteServer();
  clock.advance(2_000);
  expect(told).toEqual([]);
});

it('does not tell while the server is away', () => {
  const { clock, told, losses } = open({ isServerUp: () => false });
  losses.noteSide('claims', 'with it');
  clock.advance(2_000);
  expect(told).toEqual([]);
});
