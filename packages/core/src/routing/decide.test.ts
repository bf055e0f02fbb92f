import type { Feature, Principal } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { PRINCIPAL } from '../__fixtures__/bench.js';
import { questionOf as ask, stateOf } from '../__fixtures__/routing.js';
import { aliasOf, candidateAt, configured, factsOf, policyOf, snapshotOf } from '../__fixtures__/snapshots.js';
import { toyProvider } from '../__fixtures__/toy-provider.js';
import type { Alias, ConfiguredProvider, Snapshot } from '../snapshot.js';
import { decide } from './decide.js';
import type { RouteQuestion } from './question.js';

const native = (name: string, models: readonly string[] = []): ConfiguredProvider =>
  configured(name, toyProvider({ passes: true }), { models });
const foreign = (name: string, models: readonly string[] = [], features: readonly Feature[] = []): ConfiguredProvider =>
  configured(name, toyProvider({ features }), { models });

const allowing = (...models: readonly string[]): Principal => ({ ...PRINCIPAL, models });

/** The targets that a question leads to. */
function targetsOf(snapshot: Snapshot, question: RouteQuestion, chance = 0): readonly string[] {
  return decide(
    snapshot,
    stateOf(() => chance),
    question,
  ).candidates.map(({ circuit }) => circuit);
}
const refusal = (code: string, message: string | RegExp = ''): unknown =>
  expect.objectContaining({ code, message: expect.stringMatching(message), details: { param: 'model' } });

describe('an alias', () => {
  const [a, b] = [foreign('a', ['x']), foreign('b')];

  it('leads to its targets in order, then to its fallbacks, under its own policy', () => {
    const policy = policyOf({ max: 5 });
    const alias: Alias = { ...aliasOf('fast', [a, b], policy), fallbacks: [candidateAt(a, 'spare')] };
    const plan = decide(snapshotOf([a, b], [alias]), stateOf(), ask('fast'));
    expect([plan.alias, plan.policy, plan.candidates.map(({ circuit }) => circuit)]).toEqual([
      'fast',
      policy,
      ['a/m', 'b/m', 'a/spare'],
    ]);
  });

  it('leads to its targets in a drawn order where it is weighted, fallbacks still last', () => {
    const alias: Alias = { ...aliasOf('fast', [a, b]), strategy: 'weighted', fallbacks: [candidateAt(a, 'spare')] };
    expect(targetsOf(snapshotOf([a, b], [alias]), ask('fast'), 0.9)).toEqual(['b/m', 'a/m', 'a/spare']);
  });

  it('comes before a model of the same name', () => {
    const snapshot = snapshotOf([a, b], [aliasOf('x', [b]), aliasOf('a/x', [b])]);
    expect([targetsOf(snapshot, ask('x')), targetsOf(snapshot, ask('a/x'))]).toEqual([['b/m'], ['b/m']]);
  });

  it('leaves out the targets that cannot do what is asked', () => {
    const able = foreign('able', [], ['tools', 'vision']);
    const without = configured('without', toyProvider({ operations: 'none' }));
    const snapshot = snapshotOf([a, able, without], [aliasOf('fast', [a, without, able])]);
    expect(targetsOf(snapshot, ask('fast', { features: ['vision', 'tools'] }))).toEqual(['able/m']);
  });

  it('is refused where no target can do what is asked', () => {
    const snapshot = snapshotOf([a], [aliasOf('fast', [a])]);
    expect(() => targetsOf(snapshot, ask('fast', { features: ['tools'] }))).toThrow(
      refusal('invalid_value', 'chat with tools'),
    );
    expect(() => targetsOf(snapshot, ask('fast', { operation: 'embed' }))).toThrow(
      refusal('invalid_value', 'embeddings'),
    );
    expect(() => targetsOf(snapshot, ask('fast', { operation: 'rerank' }))).toThrow(
      refusal('invalid_value', 'reranking'),
    );
  });
});

describe('a name with a provider in front', () => {
  const snapshot = snapshotOf([foreign('a'), foreign('router', ['meta/llama'])]);

  it('leads to that provider, whether or not it lists the model', () => {
    expect(targetsOf(snapshot, ask('a/anything/else'))).toEqual(['a/anything/else']);
  });

  it('is a bare name where no provider is called so', () => {
    expect(targetsOf(snapshot, ask('meta/llama'))).toEqual(['router/meta/llama']);
  });

  it.for(['a/', '/m', 'nobody/m'])('is not found as %s', (model) => {
    expect(() => targetsOf(snapshot, ask(model))).toThrow(refusal('model_not_found'));
  });

  it('is followed under the default policy', () => {
    const plan = decide(snapshot, stateOf(), ask('a/m'));
    expect([plan.alias, plan.policy]).toEqual([undefined, snapshot.defaultPolicy]);
  });

  it('leads to the same candidate each time', () => {
    const [first] = decide(snapshot, stateOf(), ask('a/m')).candidates;
    expect(decide(snapshot, stateOf(), ask('a/m')).candidates[0]).toBe(first);
  });

  it('is followed also past the number of names that are remembered', () => {
    const found = Array.from({ length: 1_100 }, (_, i) => targetsOf(snapshot, ask(`a/m${i}`))[0]);
    expect(found[1_099]).toBe('a/m1099');
  });
});

describe('a bare name', () => {
  it('leads to the one provider that lists it', () => {
    expect(targetsOf(snapshotOf([native('a'), foreign('b', ['x'])]), ask('x'))).toEqual(['b/x']);
  });

  it('is refused where several list it, with the names to choose from', () => {
    const snapshot = snapshotOf([native('a', ['x']), foreign('b', ['x'])]);
    expect(() => targetsOf(snapshot, ask('x'))).toThrow(refusal('model_not_found', '"a/x" or "b/x"'));
  });

  it('leads to the only provider of the dialect where none lists it', () => {
    expect(targetsOf(snapshotOf([native('a'), foreign('b', ['y'])]), ask('x'))).toEqual(['a/x']);
  });

  it('leads to no provider that speaks the dialect for other models alone', () => {
    const partly = configured('b', toyProvider({ passes: true, passesFor: 'y' }));
    const snapshot = snapshotOf([native('a'), partly]);
    expect(targetsOf(snapshot, ask('x'))).toEqual(['a/x']);
  });

  it('is refused where none lists it and several speak the dialect', () => {
    const snapshot = snapshotOf([native('a'), native('b')]);
    expect(() => targetsOf(snapshot, ask('x'))).toThrow(refusal('model_not_found', 'providers: a, b'));
  });

  it('is never guessed to be at a provider that serves its list alone', () => {
    const listed = configured('sim', toyProvider({ passes: true }), { models: ['echo'], servesUnlisted: false });
    expect(() => targetsOf(snapshotOf([listed]), ask('x'))).toThrow(refusal('model_not_found'));
    expect(targetsOf(snapshotOf([listed]), ask('echo'))).toEqual(['sim/echo']);
    expect(targetsOf(snapshotOf([listed, native('a')]), ask('x'))).toEqual(['a/x']);
  });

  it('is refused where there is no provider at all', () => {
    expect(() => targetsOf(snapshotOf([]), ask('x'))).toThrow(
      refusal('model_not_found', 'an alias or for "provider/model"'),
    );
  });

  it.for(['__proto__', 'constructor', 'toString'])('may be called %s', (model) => {
    expect(() => targetsOf(snapshotOf([foreign('a')]), ask(model))).toThrow(refusal('model_not_found'));
  });
});

describe('what the catalogue knows', () => {
  const features: readonly Feature[] = ['tools', 'vision', 'reasoning'];
  const knowing = (name: string, cannot: readonly Feature[], models: readonly string[] = []): ConfiguredProvider => {
    const facts = { m: factsOf({ cannot: new Set(cannot) }) };
    return configured(name, toyProvider({ features }), { facts, models });
  };

  it('leads a bare name to the one provider that has it, where none lists it', () => {
    const [a, b] = [knowing('a', []), foreign('b', ['x'])];
    expect(targetsOf(snapshotOf([a, b]), ask('m'))).toEqual(['a/m']);
    expect(targetsOf(snapshotOf([a, foreign('b', ['m'])]), ask('m'))).toEqual(['b/m']);
  });

  it('refuses a bare name that several have, with the names to choose from', () => {
    expect(() => targetsOf(snapshotOf([knowing('a', []), knowing('b', [])]), ask('m'))).toThrow(
      refusal('model_not_found', '"a/m" or "b/m"'),
    );
  });

  it('leaves out the targets whose model lacks what is asked', () => {
    const [blind, seeing] = [knowing('blind', ['vision']), knowing('seeing', ['tools'])];
    const snapshot = snapshotOf([blind, seeing], [aliasOf('fast', [blind, seeing])]);
    expect(targetsOf(snapshot, ask('fast', { features: ['vision'] }))).toEqual(['seeing/m']);
    expect(targetsOf(snapshot, ask('fast'))).toEqual(['blind/m', 'seeing/m']);
  });

  it('refuses what no model has, and says which feature', () => {
    const [blind, deaf] = [knowing('blind', ['vision']), knowing('deaf', ['tools'])];
    const snapshot = snapshotOf([blind, deaf], [aliasOf('fast', [blind, deaf])]);
    expect(() => targetsOf(snapshot, ask('fast', { features: ['vision', 'tools'] }))).toThrow(
      refusal('invalid_value', 'chat with vision with tools. As far as is known, its models lack vision and tools.'),
    );
  });

  it('is never held against a model that it does not know', () => {
    const snapshot = snapshotOf([knowing('a', ['vision'])]);
    expect(targetsOf(snapshot, ask('a/unknown', { features: ['vision'] }))).toEqual(['a/unknown']);
  });

  it('prefers models that reason where that is asked, and does without where none does', () => {
    const [plain, thinking] = [knowing('plain', ['reasoning']), knowing('thinking', [])];
    const both = snapshotOf([plain, thinking], [aliasOf('fast', [plain, thinking])]);
    expect(targetsOf(both, ask('fast', { features: ['reasoning'] }))).toEqual(['thinking/m']);
    expect(targetsOf(both, ask('plain/m', { features: ['reasoning'] }))).toEqual(['plain/m']);
  });
});

describe('a key with a list of models', () => {
  it('is not told what providers there are', () => {
    const question = ask('x', { principal: allowing('fast') });
    expect(() => targetsOf(snapshotOf([foreign('secret')]), question)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') as string }),
    );
  });

  const a = native('a', ['gpt-x']);
  const snapshot = snapshotOf([a], [aliasOf('fast', [a])]);

  it.for([
    ['fast', ['fast']],
    ['fast', ['*']],
    ['fast', ['other', 'fa*']],
    ['gpt-x', ['gpt-x']],
    ['gpt-x', ['gpt-*']],
    ['gpt-x', ['a/gpt-x']],
    ['gpt-x', ['a/*']],
    ['a/gpt-x', ['a/*']],
  ] as const)('may ask for %s with %j', ([model, models]) => {
    expect(targetsOf(snapshot, ask(model, { principal: allowing(...models) }))).toHaveLength(1);
  });

  it.for([
    ['fast', []],
    ['fast', ['a/*']],
    ['fast', ['FAST']],
    ['fast', ['fas']],
    ['gpt-x', ['fast']],
    ['a/gpt-x', ['gpt-x']],
    ['gpt-x', ['*-x']],
  ] as const)('may not ask for %s with %j', ([model, models]) => {
    expect(() => targetsOf(snapshot, ask(model, { principal: allowing(...models) }))).toThrow(
      refusal('model_not_allowed', `"${model}"`),
    );
  });
});
