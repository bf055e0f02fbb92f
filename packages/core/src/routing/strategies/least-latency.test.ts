import { seededRandom } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { contextOf, namesOf, questionOf, stateOf, targetsOf } from '../../__fixtures__/routing.js';
import type { TestState } from '../../__fixtures__/routing.js';
import { simulate } from '../../__fixtures__/traffic.js';
import type { TargetStats } from '../target-stats.js';
import { leastLatency } from './least-latency.js';

const STREAM = questionOf('fast', { body: { stream: true } });
/** A chance at which nothing is explored. */
const CERTAIN = 0.99;

function measured({ clock, stats: table }: TestState, name: string, tookMs: number): TargetStats {
  const stats = table.of(`p/${name}`);
  stats.begin('stream', clock.monotonic() - tookMs);
  stats.answered('stream', tookMs, clock.monotonic());
  return stats;
}
const order = (state: TestState, count: number): string =>
  namesOf(leastLatency.order(targetsOf(Array.from({ length: count }, () => 1)), contextOf(state, STREAM)));

describe('least-latency', () => {
  it('asks the fastest first and the slowest last, and one that was never measured after them', () => {
    const state = stateOf(() => CERTAIN);
    measured(state, '1', 900);
    measured(state, '2', 100);
    measured(state, '3', 400);
    expect(order(state, 4)).toBe('2 3 1 0');
  });

  it('shares the requests between those that are about as fast', () => {
    const lots = seededRandom(3);
    const state = stateOf(lots);
    measured(state, '0', 100);
    measured(state, '1', 120);
    measured(state, '2', 500);
    const firsts = Array.from({ length: 1_000 }, () => order(state, 3)[0]);
    const share = (name: string): number => firsts.filter((first) => first === name).length / firsts.length;
    expect(share('0')).toBeCloseTo(0.5, 1);
    expect(share('1')).toBeCloseTo(0.5, 1);
    expect(share('2')).toBe(0);
  });

  it('takes one that fails half of its calls for half as fast', () => {
    const state = stateOf(() => CERTAIN);
    for (let i = 0; i < 200; i += 1) {
      measured(state, '0', 100).end(i % 2 === 0 ? 'ok' : 'failed', state.clock.monotonic());
      measured(state, '1', 150);
      state.clock.advance(100);
    }
    expect(order(state, 2)).toBe('1 0');
  });

  it('leaves a target that hangs before its first late answer shows it', () => {
    const state = stateOf(() => CERTAIN);
    measured(state, '0', 100);
    measured(state, '1', 200);
    state.stats.of('p/0').begin('stream', state.clock.monotonic());
    expect(order(state, 2)).toBe('0 1');
    state.clock.advance(1_000);
    expect(order(state, 2)).toBe('1 0');
  });

  it('measures a slow target again when it had no call for a while, with few of the requests', () => {
    const state = stateOf(seededRandom(5));
    measured(state, '1', 5_000);
    state.clock.advance(6_000);
    measured(state, '0', 100);
    const firsts = Array.from({ length: 5_000 }, () => order(state, 2)[0]);
    const share = firsts.filter((first) => first === '1').length / firsts.length;
    expect(share).toBeGreaterThan(0.01);
    expect(share).toBeLessThan(0.03);
  });

  it('measures a slow target with one call at a time', () => {
    const state = stateOf(seededRandom(5));
    measured(state, '1', 5_000);
    state.clock.advance(6_000);
    measured(state, '0', 100);
    state.stats.of('p/1').begin('stream', state.clock.monotonic());
    expect(Array.from({ length: 1_000 }, () => order(state, 2)[0])).not.toContain('1');
  });

  it('says which target stands first to be measured', () => {
    const state = stateOf(() => 0);
    measured(state, '1', 5_000);
    state.clock.advance(6_000);
    measured(state, '0', 100);
    const context = contextOf(state, STREAM);
    const [first, second] = leastLatency.order(targetsOf([1, 1]), context);
    if (!first || !second) throw new Error('There are two targets.');
    expect(leastLatency.explain({ target: first, position: 0 }, context)).toEqual({
      code: 'exploration',
      reason: 'First token expected after 5000 ms, 0 % of its calls failing; last asked 11 s ago.',
    });
    expect(leastLatency.explain({ target: second, position: 1 }, context).code).toBe('least_latency');
  });
});

describe('least-latency under load', () => {
  const SECONDS = 40;
  const BASE_MS = 200;

  /** Fifty streams a second over two targets; the first is ten times slower from second 10 to second 20. */
  const traffic = (seed: number) =>
    simulate(leastLatency, {
      seed,
      targets: 2,
      perSecond: 50,
      seconds: SECONDS,
      latencyMs: (target, atMs, noise) =>
        BASE_MS * (0.8 + 0.4 * noise) * (target === 0 && atMs >= 10_000 && atMs < 20_000 ? 10 : 1),
    });

  it.for([1, 2, 3, 4, 5])('turns from a target in a brown-out, and comes back to it (seed %i)', (seed) => {
    const { calls } = traffic(seed);
    const share = (fromMs: number, toMs: number): number => {
      const within = calls.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
      return within.filter(({ target }) => target === 0).length / within.length;
    };
    expect(share(0, 10_000)).toBeGreaterThan(0.3);
    expect(share(10_000, 20_000)).toBeLessThan(0.1);
    const p95 = calls.map(({ tookMs }) => tookMs).toSorted((a, b) => a - b)[Math.floor(calls.length * 0.95)] ?? 0;
    const before = calls
      .filter(({ atMs }) => atMs < 10_000)
      .map(({ tookMs }) => tookMs)
      .toSorted((a, b) => a - b);
    expect(p95).toBeLessThan(2 * (before[Math.floor(before.length * 0.95)] ?? 0));
    expect(share(37_000, 40_000)).toBeGreaterThan(0.2);
  });
});
