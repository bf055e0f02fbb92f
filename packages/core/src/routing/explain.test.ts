import { seededRandom } from '@sluice/testkit';
import { toGatewayError } from '@sluice/contract';
import type { Feature } from '@sluice/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PRINCIPAL } from '../__fixtures__/bench.js';
import { questionOf, stateOf } from '../__fixtures__/routing.js';
import { aliasOf, candidateAt, configured, factsOf, policyOf, snapshotOf } from '../__fixtures__/snapshots.js';
import { toyDialect } from '../__fixtures__/toy-dialect.js';
import { toyProvider } from '../__fixtures__/toy-provider.js';
import type { Alias, ConfiguredProvider, Snapshot } from '../snapshot.js';
import { decide } from './decide.js';
import { explain, explainCall } from './explain.js';
import type { RouteQuestion, RoutingState } from './question.js';
import { STRATEGIES } from './strategies/strategies.js';
import type { StrategyName } from './strategies/strategies.js';

const FEATURES: readonly Feature[] = ['tools', 'vision', 'reasoning'];

/** Eight models: each lacks some features, some have a short context. */
const provider: ConfiguredProvider = configured('p', toyProvider({ features: FEATURES }), {
  facts: Object.fromEntries(
    Array.from({ length: 8 }, (_, bits) => [
      String(bits),
      factsOf({
        cannot: new Set(FEATURES.filter((_feature, index) => (bits & (1 << index)) !== 0)),
        ...(bits % 3 === 0 ? { maxInputTokens: 50 } : {}),
      }),
    ]),
  ),
});
const model = fc.nat({ max: 7 }).map(String);
const target = fc.record({
  model,
  weight: fc.nat({ max: 3 }),
  tags: fc.option(fc.subarray(['eu', 'us'], { minLength: 1 }), { nil: undefined }),
});
const plannable = fc.record({
  strategy: fc.constantFrom(...(Object.keys(STRATEGIES) as StrategyName[])),
  targets: fc.uniqueArray(target, { minLength: 1, maxLength: 5, selector: (one) => one.model }),
  fallbacks: fc.uniqueArray(model, { maxLength: 3 }),
  canary: fc.option(fc.record({ model, share: fc.double({ min: 0, max: 1, noNaN: true }) }), { nil: undefined }),
  rule: fc.option(model, { nil: undefined }),
  features: fc.subarray([...FEATURES]),
  asked: fc.subarray(['eu', 'us', 'x']),
  models: fc.array(
    model.map((name) => `p/${name}`),
    { maxLength: 2 },
  ),
  chars: fc.nat({ max: 500 }),
  seed: fc.nat(),
});

function aliasFrom({
  strategy,
  targets,
  fallbacks,
  canary,
  rule,
}: typeof plannable extends fc.Arbitrary<infer T> ? T : never): Alias {
  return {
    name: 'fast',
    strategy,
    policy: policyOf(),
    targets: targets.map(({ model: name, weight, tags }) => ({
      candidate: candidateAt(provider, name),
      weight,
      ...(tags ? { tags: new Set(tags) } : {}),
    })),
    fallbacks: fallbacks.map((name) => candidateAt(provider, name)),
    ...(canary ? { canary: { candidate: candidateAt(provider, canary.model), share: canary.share } } : {}),
    ...(rule === undefined
      ? {}
      : { rules: [{ when: { tags: ['x'] }, use: { candidate: candidateAt(provider, rule) } }] }),
  };
}

/** What the decision comes to, whether a plan or a refusal. */
function decided(snapshot: Snapshot, state: RoutingState, question: RouteQuestion) {
  try {
    const { candidates } = decide(snapshot, state, question);
    return { names: candidates.map(({ target: { model: name } }) => name), error: undefined };
  } catch (cause) {
    return { names: [], error: toGatewayError(cause).code };
  }
}

describe('an explanation', () => {
  it('has the plan in its order, each candidate once, and a reason for every one', () => {
    fc.assert(
      fc.property(plannable, (given) => {
        const alias = aliasFrom(given);
        const snapshot: Snapshot = snapshotOf([provider], [alias]);
        const question = questionOf('fast', {
          features: given.features,
          body: { say: 'x'.repeat(given.chars) },
          wishes: { tags: given.asked, models: given.models },
        });
        const told = explain(snapshot, stateOf(seededRandom(given.seed)), question);
        const kept = told.candidates.filter(({ position }) => position !== undefined);
        const names = told.candidates.map(({ model: name }) => name);
        expect(new Set(names).size).toBe(names.length);
        expect(told.candidates.every(({ code, reason }) => /^[a-z_]+$/.test(code) && /^[A-Z].*\.$/s.test(reason))).toBe(
          true,
        );
        // The same chance, drawn in the same order: an explanation is of the decision, not of one like it.
        expect({ names: kept.map(({ model: name }) => name), error: told.error?.code }).toEqual(
          decided(snapshot, stateOf(seededRandom(given.seed)), question),
        );
        expect(kept.map(({ position }) => position)).toEqual(kept.map((_, index) => index + 1));
        const placed = [...alias.targets, ...(alias.canary ? [alias.canary] : [])];
        const isLed = given.rule !== undefined && given.asked.includes('x');
        // Before the canary is drawn a request without a place among the tags is refused, and a rule looks at neither.
        const expected = isLed || told.error ? alias.targets : placed;
        expect(names).toEqual(
          expect.arrayContaining(isLed ? [] : expected.map(({ candidate }) => candidate.target.model)),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('says why a request is refused', () => {
    const snapshot = snapshotOf([provider], [aliasOf('fast', [provider])]);
    const refused = explain(
      snapshot,
      stateOf(),
      questionOf('fast', { principal: { ...PRINCIPAL, models: ['other'] } }),
    );
    expect(refused).toEqual({
      model: 'fast',
      candidates: [],
      error: { code: 'model_not_allowed', message: 'This key may not use the model "fast".', param: 'model' },
    });
  });

  it('is made of a call as it would arrive', () => {
    const snapshot = snapshotOf([provider], [aliasOf('fast', [provider])]);
    const body = { model: 'fast', models: ['p/1'], metadata: { tags: ['eu'] } };
    const endpoint = { operation: 'chat', dialect: toyDialect } as const;
    const told = explainCall(endpoint, { body, headers: {}, principal: PRINCIPAL }, { snapshot, state: stateOf() });
    expect(told.candidates).toEqual([
      { provider: 'p', model: 'm', position: 1, code: 'priority', reason: "Number 1 of the alias's targets." },
      {
        provider: 'p',
        model: '1',
        position: 2,
        code: 'requested_fallback',
        reason: 'The request names it in models[0].',
      },
    ]);
    expect(() =>
      explainCall(endpoint, { body: {}, headers: {}, principal: PRINCIPAL }, { snapshot, state: stateOf() }),
    ).toThrow(expect.objectContaining({ code: 'missing_required_parameter' }));
  });
});
