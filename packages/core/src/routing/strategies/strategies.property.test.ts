import { seededRandom } from '@sluice/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contextOf, questionOf, stateOf, targetsOf } from '../../__fixtures__/routing.js';
import type { TestState } from '../../__fixtures__/routing.js';
import type { AliasTarget } from '../../snapshot.js';
import { STRATEGIES } from './strategies.js';
import type { StrategyName } from './strategies.js';

interface Past {
  readonly weight: number;
  readonly price: number | undefined;
  readonly calls: readonly { readonly tookMs: number; readonly ends: 'ok' | 'failed' | 'open' }[];
}
const past: fc.Arbitrary<Past> = fc.record({
  weight: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 100 }), fc.double({ min: 0.1, max: 1, noNaN: true })),
  price: fc.option(fc.integer({ min: 0, max: 1_000 }), { nil: undefined }),
  calls: fc.array(
    fc.record({ tookMs: fc.integer({ min: 1, max: 9_000 }), ends: fc.constantFrom('ok', 'failed', 'open') }),
    {
      maxLength: 5,
    },
  ),
});

/** Targets and a state in which they had these calls. */
function lived(
  pasts: readonly Past[],
  seed: number,
): { readonly targets: readonly AliasTarget[]; readonly state: TestState } {
  const targets = targetsOf(
    pasts.map(({ weight }) => weight),
    (index) => pasts[index]?.price,
  );
  const state = stateOf(seededRandom(seed));
  pasts.forEach(({ calls }, index) => {
    const stats = state.stats.of(targets[index]?.candidate.circuit ?? '');
    for (const { tookMs, ends } of calls) {
      const beganMs = state.clock.monotonic();
      stats.begin('plain', beganMs);
      state.clock.advance(tookMs);
      const nowMs = state.clock.monotonic();
      if (ends === 'open') continue;
      if (ends === 'ok') stats.answered('plain', tookMs, nowMs);
      else stats.gaveUp('plain', tookMs, nowMs);
      stats.noteHeaders(
        { 'x-ratelimit-limit-requests': '9000', 'x-ratelimit-remaining-requests': String(tookMs) },
        nowMs,
      );
      stats.end(ends, nowMs);
    }
  });
  return { targets, state };
}

const NAMES = Object.keys(STRATEGIES) as StrategyName[];

describe.for(NAMES)('strategy %s', (name) => {
  const strategy = STRATEGIES[name];

  it('puts every target in exactly one place, and changes nothing that it was given', () => {
    fc.assert(
      fc.property(fc.array(past, { maxLength: 6 }), fc.nat(), fc.string(), (pasts, seed, say) => {
        const { targets, state } = lived(pasts, seed);
        Object.freeze(targets);
        const ordered = strategy.order(targets, contextOf(state, questionOf('fast', { body: { say } })));
        expect(new Set(ordered).size).toBe(targets.length);
        expect(ordered).toHaveLength(targets.length);
      }),
    );
  });

  it('gives the same order for the same state, chance and question', () => {
    fc.assert(
      fc.property(fc.array(past, { maxLength: 6 }), fc.nat(), (pasts, seed) => {
        const { targets, state } = lived(pasts, seed);
        const order = (): readonly AliasTarget[] =>
          strategy.order(targets, contextOf({ clock: state.clock, stats: state.stats, random: seededRandom(seed) }));
        expect(order()).toEqual(order());
      }),
    );
  });

  it('has a reason for every target', () => {
    fc.assert(
      fc.property(fc.array(past, { maxLength: 6 }), fc.nat(), (pasts, seed) => {
        const { targets, state } = lived(pasts, seed);
        const context = contextOf(state);
        strategy.order(targets, context).forEach((target, position) => {
          const { code, reason } = strategy.explain({ target, position }, context);
          expect(code).toMatch(/^[a-z_]+$/);
          expect(reason).toMatch(/^[A-Z].*\.$/);
        });
      }),
    );
  });
});

describe.for(NAMES.filter((name) => name !== 'priority'))('strategy %s, by weight', (name) => {
  const strategy = STRATEGIES[name];

  it('puts a target of weight 0 last', () => {
    fc.assert(
      fc.property(fc.array(past, { maxLength: 6 }), fc.nat(), (pasts, seed) => {
        const { targets, state } = lived(pasts, seed);
        const weights = strategy.order(targets, contextOf(state)).map(({ weight }) => weight > 0);
        expect(weights.lastIndexOf(true)).toBeLessThan(weights.includes(false) ? weights.indexOf(false) : Infinity);
      }),
    );
  });
});
