import { seededRandom } from '@sluice/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contextOf, namesOf, stateOf, targetsOf } from '../../__fixtures__/routing.js';
import type { AliasTarget } from '../../snapshot.js';
import { weighted } from './weighted.js';

const order = (targets: readonly AliasTarget[], random: () => number): readonly AliasTarget[] =>
  weighted.order(targets, contextOf(stateOf(random)));
const weights = fc.array(fc.oneof(fc.integer({ min: 0, max: 100 }), fc.double({ min: 0, max: 1, noNaN: true })), {
  maxLength: 6,
});
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('an order drawn by weights', () => {
  it('holds every target once', () => {
    const property = fc.property(weights, chance, (given, drawn) => {
      const targets = targetsOf(given);
      const ordered = order(targets, () => drawn);
      return ordered.length === targets.length && targets.every((target) => ordered.includes(target));
    });
    expect(fc.check(property).counterexample).toBeNull();
  });

  it('never puts a target of weight 0 before one that has a share', () => {
    const property = fc.property(weights, chance, (given, drawn) => {
      const ordered = order(targetsOf(given), () => drawn).map(({ weight }) => weight);
      const firstZero = ordered.indexOf(0);
      return firstZero < 0 || ordered.slice(firstZero).every((weight) => weight === 0);
    });
    expect(fc.check(property).counterexample).toBeNull();
  });

  it('puts each first as often as its weight says', () => {
    const targets = targetsOf([70, 20, 10, 0]);
    const random = seededRandom(7);
    const firsts = new Map(targets.map((target) => [target, 0]));
    for (let i = 0; i < 10_000; i += 1) {
      const [first] = order(targets, random) as [AliasTarget];
      firsts.set(first, (firsts.get(first) ?? 0) + 1);
    }
    const shares = [...firsts.values()].map((count) => Math.round(count / 500) * 5);
    expect(shares).toEqual([70, 20, 10, 0]);
  });

  it('leaves the given order as it was', () => {
    const targets = Object.freeze(targetsOf([1, 1]));
    expect(namesOf(order(targets, () => 0.9))).toBe('1 0');
  });
});
