import { seededRandom } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { contextOf, namesOf, stateOf, targetsOf } from '../../__fixtures__/routing.js';
import { headroom } from './headroom.js';
import { leastBusy } from './least-busy.js';
import { lowestCost } from './lowest-cost.js';
import { priority } from './priority.js';

describe('priority', () => {
  it('keeps the order of the list, weights or not', () => {
    expect(namesOf(priority.order(targetsOf([0, 5, 1]), contextOf(stateOf())))).toBe('0 1 2');
  });
});

describe('least-busy', () => {
  it('asks first who has the fewest calls in flight for its weight', () => {
    const state = stateOf();
    for (let i = 0; i < 3; i += 1) state.stats.of('p/0').begin('plain', 0);
    for (let i = 0; i < 4; i += 1) state.stats.of('p/1').begin('stream', 0);
    state.stats.of('p/2').begin('plain', 0);
    expect(namesOf(leastBusy.order(targetsOf([1, 4, 1]), contextOf(state)))).toBe('1 2 0');
  });

  it('shares the requests between equals', () => {
    const state = stateOf(seededRandom(1));
    const firsts = Array.from({ length: 400 }, () => namesOf(leastBusy.order(targetsOf([1, 1]), contextOf(state)))[0]);
    expect(firsts.filter((first) => first === '0').length / firsts.length).toBeCloseTo(0.5, 1);
  });
});

describe('lowest-cost', () => {
  it('asks the cheapest first, and last what has no price', () => {
    const prices = [undefined, 30, 10, 20];
    const targets = targetsOf([1, 1, 1, 1], (index) => prices[index]);
    expect(namesOf(lowestCost.order(targets, contextOf(stateOf())))).toBe('2 3 1 0');
  });
});

describe('headroom', () => {
  const told = (remaining: number): Record<string, string> => ({
    'x-ratelimit-limit-tokens': '100',
    'x-ratelimit-remaining-tokens': String(remaining),
  });

  it('shares the requests by what the providers have left, who tells nothing counting as half full', () => {
    const state = stateOf(seededRandom(2));
    state.stats.of('p/0').noteHeaders(told(100), 0);
    state.stats.of('p/1').noteHeaders(told(50), 0);
    state.stats.of('p/2').noteHeaders(told(0), 0);
    const targets = targetsOf([1, 1, 1, 1]);
    const firsts = Array.from({ length: 4_000 }, () => namesOf(headroom.order(targets, contextOf(state)))[0]);
    const share = (name: string): number => firsts.filter((first) => first === name).length / firsts.length;
    expect([share('0'), share('1'), share('2'), share('3')].map((one) => Math.round(one * 20) / 20)).toEqual([
      0.5, 0.25, 0, 0.25,
    ]);
  });

  it('asks last who has nothing left', () => {
    const state = stateOf();
    state.stats.of('p/0').noteHeaders(told(0), 0);
    expect(namesOf(headroom.order(targetsOf([1, 1]), contextOf(state)))).toBe('1 0');
  });
});
