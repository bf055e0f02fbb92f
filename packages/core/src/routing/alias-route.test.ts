import { gatewayError } from '@sluice/contract';
import type { FailureClass } from '@sluice/contract';
import { seededRandom } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { PRINCIPAL } from '../__fixtures__/bench.js';
import { questionOf, stateOf } from '../__fixtures__/routing.js';
import type { QuestionChange } from '../__fixtures__/routing.js';
import { aliasOf, candidateAt, configured, factsOf, policyOf, snapshotOf } from '../__fixtures__/snapshots.js';
import { toyProvider } from '../__fixtures__/toy-provider.js';
import type { Alias, AliasRule, RuleConditions } from '../snapshot.js';
import { decide } from './decide.js';
import { mayAsk, mayGoOn } from './follow.js';
import type { Candidate, Plan } from './plan.js';

const facts = { short: factsOf({ maxInputTokens: 100 }), long: factsOf({ maxInputTokens: 10_000 }) };
const p = configured('p', toyProvider(), { facts });
const at = (model: string): Candidate => candidateAt(p, model);
const alias = (change: Partial<Alias>, name = 'fast'): Alias => ({ ...aliasOf(name, [p]), ...change });
const targets = (...models: readonly string[]) => models.map((model) => ({ candidate: at(model), weight: 1 }));

function plan(aliases: readonly Alias[], change: QuestionChange = {}, model = 'fast'): Plan {
  return decide(snapshotOf([p], aliases), stateOf(), questionOf(model, change));
}
const names = ({ candidates }: Plan): string => candidates.map(({ target }) => target.model).join(' ');

describe('rules', () => {
  const rule = (when: RuleConditions, model = 'special'): AliasRule => ({ when, use: { candidate: at(model) } });
  const led = (when: RuleConditions, change: QuestionChange): boolean =>
    names(plan([alias({ rules: [rule(when)] })], change)) === 'special';

  it("put one target in place of the alias's own, its fallbacks after it", () => {
    const found = plan([alias({ rules: [rule({ keys: ['tests'] })], fallbacks: [at('spare')] })]);
    expect([names(found), found.alias]).toEqual(['special spare', 'fast']);
  });

  it('lead to another alias as if it had been asked for', () => {
    const policy = policyOf({ max: 7 });
    const best = alias({ targets: targets('x', 'y'), policy, fallbacks: [at('z')] }, 'best');
    const found = plan([alias({ rules: [{ when: { tenants: ['t*'] }, use: { alias: 'best' } }] }), best]);
    expect([names(found), found.policy, found.alias]).toEqual(['x y z', policy, 'fast']);
  });

  it('decide in their order, the first that holds', () => {
    const rules = [rule({ keys: ['other'] }, 'a'), rule({ keys: ['k1'] }, 'b'), rule({ keys: ['tests'] }, 'c')];
    expect(names(plan([alias({ rules })]))).toBe('b');
  });

  it.for<readonly [string, RuleConditions, QuestionChange, boolean]>([
    ['a tag in the header', { tags: ['eu'] }, { headers: { 'x-sluice-tags': 'a, eu' } }, true],
    ['a tag in the body', { tags: ['e*'] }, { wishes: { tags: ['eu'] } }, true],
    ['no tag', { tags: ['eu'] }, {}, false],
    ['metadata', { metadata: new Map([['plan', ['pro', 'team']]]) }, { body: { metadata: { plan: 'team' } } }, true],
    ['metadata that is a number', { metadata: new Map([['n', ['1']]]) }, { body: { metadata: { n: 1 } } }, true],
    ['other metadata', { metadata: new Map([['plan', ['pro']]]) }, { body: { metadata: { plan: 'free' } } }, false],
    ['metadata of no meaning', { metadata: new Map([['toString', ['*']]]) }, { body: { metadata: {} } }, false],
    ['a header', { headers: new Map([['x-app', ['batch-*']]]) }, { headers: { 'x-app': 'batch-7' } }, true],
    ['no such header', { headers: new Map([['x-app', ['*']]]) }, {}, false],
    ['the id of the key', { keys: ['k1'] }, {}, true],
    ['one of two conditions', { keys: ['k1'], tenants: ['t2'] }, {}, false],
    ['both of two', { keys: ['k1'], tenants: ['t1'] }, {}, true],
  ])('hold or not by %s', ([, when, change, holds]) => {
    expect(led(when, change)).toBe(holds);
  });
});

describe('tags of targets', () => {
  const tagged = alias({
    targets: [
      { candidate: at('eu'), weight: 1, tags: new Set(['eu', 'gdpr']) },
      { candidate: at('us'), weight: 1, tags: new Set(['us']) },
      { candidate: at('any'), weight: 1 },
    ],
  });
  const asking = (...tags: readonly string[]): string => names(plan([tagged], { wishes: { tags } }));

  it('keep a target for requests with one of them, and send those there alone', () => {
    expect([asking('gdpr'), asking('us', 'eu')]).toEqual(['eu', 'eu us']);
  });

  it('leave requests without a matching one to the targets without tags', () => {
    expect([asking(), asking('other')]).toEqual(['any', 'any']);
  });

  it('refuse a request where every target is kept for others', () => {
    const all = alias({ targets: tagged.targets.slice(0, 2) });
    expect(() => plan([all])).toThrow(expect.objectContaining({ code: 'invalid_value', details: { param: 'model' } }));
  });

  it('make answers of their own for the cache', () => {
    expect(plan([tagged], { wishes: { tags: ['eu'] } }).variant).not.toBe(plan([tagged]).variant);
    expect(plan([alias({})]).variant).toBeUndefined();
  });
});

describe('a canary', () => {
  const trial = alias({ canary: { candidate: at('new'), share: 0.1 } });

  it('stands first for its share of the requests, and is not asked by the others', () => {
    const state = stateOf(seededRandom(9));
    const orders = Array.from({ length: 3_000 }, () =>
      names(decide(snapshotOf([p], [trial]), state, questionOf('fast'))),
    );
    expect(new Set(orders)).toEqual(new Set(['new m', 'm']));
    expect(orders.filter((order) => order === 'new m').length / orders.length).toBeCloseTo(0.1, 1);
  });

  it('has its share of the sessions under sticky, each on one side', () => {
    const sticky: Alias = { ...trial, strategy: 'sticky' };
    const of = (session: string, chance: number): string =>
      names(
        decide(
          snapshotOf([p], [sticky]),
          stateOf(() => chance),
          questionOf('fast', { headers: { 'x-sluice-session': session } }),
        ),
      );
    const sessions = Array.from({ length: 2_000 }, (_, i) => `s-${i}`);
    const drawn = sessions.filter((session) => of(session, 0) === 'new m');
    expect(drawn.length / sessions.length).toBeCloseTo(0.1, 1);
    expect(drawn.every((session) => of(session, 0.99) === 'new m')).toBe(true);
  });
});

describe('the context of the models', () => {
  const windows = alias({ targets: targets('short', 'long', 'unknown') });
  const say = (chars: number): QuestionChange => ({ body: { say: 'x'.repeat(chars) } });

  it('leaves out the targets that the prompt does not fit', () => {
    expect(names(plan([windows], say(300)))).toBe('short long unknown');
    expect(names(plan([windows], say(2_000)))).toBe('long unknown');
    expect(names(plan([windows], say(60_000)))).toBe('unknown');
  });

  it('leaves out nobody where the prompt fits none: the estimate may be wrong', () => {
    expect(names(plan([alias({ targets: targets('short') })], say(700)))).toBe('short');
  });

  it('H-25: refuses a prompt that is more than twice what any of them takes', () => {
    const none = (): Plan => plan([alias({ targets: targets('short', 'long') })], say(90_000));
    expect(none).toThrow(
      expect.objectContaining({ code: 'context_length_exceeded', details: { param: 'messages' } }) as Error,
    );
  });

  it('counts what was left out as a failure of that class', () => {
    expect([plan([windows], say(2_000)).passedOver, plan([windows], say(1)).passedOver]).toEqual([
      'context_length',
      undefined,
    ]);
  });

  it('does not make the canonical form of a prompt that is short beyond doubt', () => {
    const question = questionOf('fast');
    const toRequest = (): never => {
      throw new Error('made');
    };
    const small = { ...question, parsed: { ...question.parsed, toRequest } };
    expect(names(decide(snapshotOf([p], [windows]), stateOf(), small))).toBe('short long unknown');
  });
});

describe('fallbacks for classes of failure', () => {
  const only = (model: string, ...on: readonly FailureClass[]): Candidate => ({ ...at(model), only: new Set(on) });
  const found = plan([
    alias({ fallbacks: [only('big', 'context_length'), only('lax', 'content_policy'), at('spare')] }),
  ]);
  const askable = (from: Plan, code?: Parameters<typeof gatewayError>[0], isFull = false): string => {
    const hindrance = { failure: code && gatewayError(code), isFull };
    return names({ ...from, candidates: from.candidates.filter((one) => mayAsk(from, one, hindrance)) });
  };
  const asked = (code: Parameters<typeof gatewayError>[0]): string => askable(found, code);

  it('are asked after those alone', () => {
    expect(askable(found)).toBe('m spare');
    expect(asked('upstream_timeout')).toBe('m spare');
    expect(asked('context_length_exceeded')).toBe('m big spare');
  });

  it('are asked whatever fallbackOn says', () => {
    expect(asked('content_policy_violation')).toBe('lax');
    expect(mayGoOn(found, gatewayError('content_policy_violation'))).toBe(true);
    expect(mayGoOn({ ...found, candidates: [at('m')] }, gatewayError('content_policy_violation'))).toBe(false);
  });

  it('are asked first where all before them were left out for that', () => {
    const passed: Plan = { ...found, passedOver: 'context_length' };
    expect(askable(passed)).toBe('m big spare');
  });

  it('are asked for `overloaded` where a target has no place left, or its provider says that it has too much to do', () => {
    const degrading = plan([alias({ fallbacks: [only('cheap', 'overloaded'), at('spare')] })]);
    expect(askable(degrading)).toBe('m spare');
    expect(askable(degrading, undefined, true)).toBe('m cheap spare');
    expect(askable(degrading, 'overloaded')).toBe('m cheap spare');
    expect(askable(degrading, 'upstream_timeout')).toBe('m spare');
  });
});

describe("the caller's own list of models", () => {
  const aliases = [alias({ fallbacks: [at('spare')] }), alias({ targets: targets('x', 'm') }, 'best')];
  const listing = (models: readonly string[], allowed?: readonly string[]): Plan =>
    plan(aliases, { wishes: { models }, principal: { ...PRINCIPAL, ...(allowed ? { models: allowed } : {}) } });

  it('comes after the model and its fallbacks, each target once, under the policy of the model', () => {
    const found = listing(['best', 'p/direct', 'p/spare']);
    expect([names(found), found.alias]).toEqual(['m spare x direct', 'fast']);
  });

  it('is refused where a name leads nowhere, or the key may not use it', () => {
    expect(() => listing(['best', 'nobody/x'])).toThrow(
      expect.objectContaining({ code: 'model_not_found', details: { param: 'models[1]' } }),
    );
    expect(() => listing(['best'], ['fast'])).toThrow(
      expect.objectContaining({ code: 'model_not_allowed', details: { param: 'models[0]' } }),
    );
    expect(names(listing(['best'], ['fast', 'best']))).toBe('m spare x');
  });
});
