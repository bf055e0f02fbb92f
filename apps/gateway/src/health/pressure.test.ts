import { createManualClock } from '@sluice/testkit';
import type { ManualClock } from '@sluice/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Pressure } from './pressure.js';

const MIB = 1_048_576;

interface Rig {
  readonly clock: ManualClock;
  readonly pressure: Pressure;
  /** In percent of the limit. */
  use(percent: number): void;
  /** The next timers fire so much later than they should. */
  stall(ms: number): void;
  /** How often garbage was collected. */
  readonly collected: number;
}

function rig(): Rig {
  const clock = createManualClock();
  let behindMs = 0;
  let collected = 0;
  const late = { ...clock, monotonic: () => clock.monotonic() + behindMs };
  const heap = { usedBytes: 0, limitBytes: 100 * MIB };
  const settings = { heapShare: 0.92, eventLoopDelayMs: 500 };
  const pressure = new Pressure({
    clock: late,
    readHeap: () => heap,
    collectGarbage: () => (collected += 1),
    settings: () => settings,
  });
  onTestFinished(() => pressure.stop());
  return {
    clock,
    pressure,
    use(percent) {
      heap.usedBytes = percent * MIB;
      clock.advance(100);
    },
    stall: (ms) => void (behindMs += ms),
    get collected() {
      return collected;
    },
  };
}

describe('a heap that fills', () => {
  it('has calls refused above 92 %, connections above 95 %, and neither below', () => {
    const { pressure, use } = rig();
    const states = [91, 93, 96, 94, 91].map((percent) => {
      use(percent);
      return [pressure.isShedding, pressure.refusesConnections];
    });
    expect(states).toEqual([
      [false, false],
      [true, false],
      [true, true],
      [true, false],
      [false, false],
    ]);
  });

  it('has garbage collected when it is full, and no more often than every five seconds', () => {
    const full = rig();
    full.use(91);
    const counts = [full.collected];
    for (const tenths of [1, 40, 20]) {
      for (let tenth = 0; tenth < tenths; tenth += 1) full.use(93);
      counts.push(full.collected);
    }
    expect(counts).toEqual([0, 1, 1, 2]);
  });

  it('has a large body refused that would not fit once it is parsed, at once, and no small one', () => {
    const { pressure, use } = rig();
    use(60);
    expect(() => pressure.assertRoom(9 * MIB)).toThrow(expect.objectContaining({ code: 'overloaded' }));
    expect(() => pressure.assertRoom(7 * MIB)).not.toThrow();
    use(91);
    expect(() => pressure.assertRoom(200_000)).not.toThrow();
    expect(pressure.refused).toBe(1);
  });
});

describe('an event loop that is behind', () => {
  it('has calls refused once it was for three looks in a row, and no longer than it is', () => {
    const { clock, pressure, stall } = rig();
    const states = [600, 600, 600, 600, 0].map((lateMs) => {
      stall(lateMs);
      clock.advance(100);
      return pressure.isShedding;
    });
    expect(states).toEqual([false, false, true, true, false]);
  });

  it('is not held to be overloaded after one stop, however long', () => {
    const { clock, pressure, stall } = rig();
    stall(30_000);
    clock.advance(100);
    expect(pressure.isShedding).toBe(false);
  });
});

it('a refused call is told to come back in a second', () => {
  const { pressure } = rig();
  expect(pressure.refuse()).toMatchObject({ code: 'overloaded', details: { retryAfterMs: 1_000 } });
});
