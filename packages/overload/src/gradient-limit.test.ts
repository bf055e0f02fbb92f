import { seededRandom } from '@sluice/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LimitedServer } from './__fixtures__/busy-server.js';
import type { BusyServer } from './__fixtures__/busy-server.js';
import { GradientLimit } from './gradient-limit.js';

const BOUNDS = { min: 4, max: 200 };

/** Long prompts take long to read: first tokens come after very different times. */
function serverOf(places: number, spread = 0.7): BusyServer {
  const random = seededRandom(7);
  const draw = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return {
    places,
    firstTokenMs: () => 150 * Math.exp(spread * draw()),
    streamMs: () => -1_000 * Math.log(1 - random()),
  };
}
const unlimited = { min: 200, max: 200 };

describe('a target that can take all there is', () => {
  it('is never limited, however different its first tokens are', () => {
    const load = { callers: 190, forMs: 60_000 };
    const seen = new LimitedServer().run(serverOf(400, 1), { ...load, bounds: BOUNDS });
    const free = new LimitedServer().run(serverOf(400, 1), { ...load, bounds: unlimited });
    expect(seen.answeredPerSecond).toBeGreaterThan(0.97 * free.answeredPerSecond);
  });

  it('keeps its limit where every wait is within twice the usual one', () => {
    const bounds = { min: 1, max: 50 };
    const waits = fc.array(fc.integer({ min: 100, max: 200 }), { minLength: 200, maxLength: 400 });
    fc.assert(
      fc.property(waits, fc.integer({ min: 1, max: 50 }), (all, inFlight) => {
        const limit = new GradientLimit();
        for (const [at, waitedMs] of all.entries()) limit.observe({ waitedMs, inFlight, nowMs: at * 10 }, bounds);
        expect(limit.current(bounds)).toBe(50);
      }),
    );
  });
});

describe('a target that lets calls wait', () => {
  const server = serverOf(16);
  const limited = new LimitedServer();
  limited.run(server, { bounds: BOUNDS, callers: 12, forMs: 30_000 });
  const busy = limited.run(server, { bounds: BOUNDS, callers: 200, forMs: 90_000 });
  const free = new LimitedServer().run(server, { bounds: unlimited, callers: 200, forMs: 90_000 });

  it('gets about as many as it has places for', () => {
    expect(busy.lowestLimit).toBeGreaterThanOrEqual(12);
    expect(busy.highestLimit).toBeLessThanOrEqual(32);
  });

  it('answers as much as without a limit, and each many times sooner', () => {
    expect(busy.answeredPerSecond).toBeGreaterThan(0.9 * free.answeredPerSecond);
    expect(busy.meanWaitMs).toBeLessThan(free.meanWaitMs / 10);
  });

  it('gets all again when it has places for all', () => {
    const big = limited.run(serverOf(400), { bounds: BOUNDS, callers: 190, forMs: 60_000 });
    expect(big.lowestLimit).toBe(BOUNDS.max);
  });
});

it('a target that has become five times slower for good is soon left alone', () => {
  const limited = new LimitedServer();
  const load = { bounds: BOUNDS, callers: 100 };
  limited.run(serverOf(400), { ...load, forMs: 20_000 });
  const { firstTokenMs, ...rest } = serverOf(400);
  const slower = { ...rest, firstTokenMs: () => 5 * firstTokenMs() };
  const after = limited.run(slower, { ...load, forMs: 40_000 });
  const free = new LimitedServer().run(slower, { bounds: unlimited, callers: 100, forMs: 40_000 });
  expect(after.answeredPerSecond).toBeGreaterThan(0.95 * free.answeredPerSecond);
});

it('a target that refuses half of its calls gets fewer, at last the least', () => {
  const limit = new GradientLimit();
  const bounds = { min: 4, max: 64 };
  for (let call = 0; call < 3_000; call += 1) {
    const nowMs = call * 10;
    if (call % 2 === 0) limit.refused(limit.current(bounds), nowMs, bounds);
    else limit.observe({ waitedMs: 100, inFlight: limit.current(bounds), nowMs }, bounds);
  }
  expect(limit.current(bounds)).toBe(4);
});

describe('whatever comes', () => {
  interface Step {
    readonly waitedMs: number;
    readonly inFlight: number;
    readonly afterMs: number;
    readonly refused: boolean;
  }
  const step: fc.Arbitrary<Step> = fc.record({
    waitedMs: fc.double({ min: 0, max: 600_000, noNaN: true }),
    inFlight: fc.nat(500),
    afterMs: fc.nat(2_000),
    refused: fc.boolean(),
  });
  const steps = fc.array(step, { minLength: 100, maxLength: 600, size: 'max' });
  const bounds = fc.record({ min: fc.integer({ min: 1, max: 20 }), max: fc.integer({ min: 20, max: 400 }) });

  function play(all: readonly Step[], limits: typeof BOUNDS): readonly number[] {
    const limit = new GradientLimit();
    let nowMs = 0;
    return all.map(({ waitedMs, inFlight, afterMs, refused }) => {
      nowMs += afterMs;
      if (refused) limit.refused(inFlight, nowMs, limits);
      else limit.observe({ waitedMs, inFlight, nowMs }, limits);
      return limit.current(limits);
    });
  }

  it('the limit stays between its bounds, and the same samples give the same limits', () => {
    fc.assert(
      fc.property(steps, bounds, (all, limits) => {
        const seen = play(all, limits);
        expect(seen.every((one) => Number.isInteger(one) && one >= limits.min && one <= limits.max)).toBe(true);
        expect(play(all, limits)).toEqual(seen);
      }),
    );
  });
});
