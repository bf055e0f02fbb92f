import { seededRandom } from '@sluice/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidateAt, configured } from '../__fixtures__/snapshots.js';
import { toyProvider } from '../__fixtures__/toy-provider.js';
import type { WeightedCandidate } from '../snapshot.js';
import { orderByWeight } from './weighted.js';

const provider = configured('p', toyProvider());
const targetsOf = (weights: readonly number[]): readonly WeightedCandidate[] =>
  weights.map((weight, index) => ({ weight, candidate: candidateAt(provider, `m${index}`) }));
const weights = fc.array(fc.oneof(fc.integer({ min: 0, max: 100 }), fc.double({ min: 0, max: 1, noNaN: true })), {
  maxLength: 6,
});
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('an order drawn by weights', () => {
  it('holds every target once', () => {
    const property = fc.property(weights, chance, (given, drawn) => {
      const targets = targetsOf(given);
      const ordered = orderByWeight(targets, () => drawn);
      return ordered.length === targets.length && targets.every((target) => ordered.includes(target));
    });
    expect(fc.check(property).counterexample).toBeNull();
  });

  it('never puts a target of weight 0 before one that has a share', () => {
    const property = fc.property(weights, chance, (given, drawn) => {
      const ordered = orderByWeight(targetsOf(given), () => drawn).map(({ weight }) => weight);
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
      const [first] = orderByWeight(targets, random) as [WeightedCandidate];
      firsts.set(first, (firsts.get(first) ?? 0) + 1);
    }
    const shares = [...firsts.values()].map((count) => Math.round(count / 500) * 5);
    expect(shares).toEqual([70, 20, 10, 0]);
  });

  it('leaves the given order as it was', () => {
    const targets = Object.freeze(targetsOf([1, 1]));
    expect(orderByWeight(targets, () => 0.9).map(({ candidate }) => candidate.target.model)).toEqual(['m1', 'm0']);
  });
});
