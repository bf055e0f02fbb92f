import type { JsonObject, ModelFacts } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { refusedBy, speaksTo } from './foreign-fields.js';
import { COMPATIBLE } from './rules.js';
import type { ServerRules } from './rules.js';

const RULES: ServerRules = {
  ...COMPATIBLE,
  renamed: { seed: 'random_seed' },
  refused: ['logit_bias'],
  refusedByModel: [{ models: /^o\d/, refused: ['temperature'] }],
  foreign: ['thinking'],
};
const passes = (wire: JsonObject, rules = RULES, model = 'm') => speaksTo(rules, { wire }, { model });

describe('a request passes as it came', () => {
  it.for<readonly [JsonObject, boolean]>([
    [{ temperature: 1, x_future: 1 }, true],
    [{ seed: null, thinking: null, logit_bias: null }, true],
    [{ seed: 1 }, false],
    [{ logit_bias: {} }, false],
    [{ thinking: { type: 'enabled' } }, false],
    [{ seed: 1, n: 2 }, true],
    [{ seed: 1, n: 1 }, false],
  ])('with %j: %s', ([wire, passed]) => expect(passes(wire)).toBe(passed));

  it('where its model takes every field', () => {
    expect([passes({ temperature: 1 }, RULES, 'o3'), passes({ n: 2 }, { ...RULES, refused: ['n'] })]).toEqual([
      false,
      false,
    ]);
  });
});

describe('of a model that the catalogue knows', () => {
  const facts: ModelFacts = { modes: ['chat'], can: new Set(), cannot: new Set(), efforts: [], prices: [] };
  const rules: ServerRules = { ...RULES, refusedByModel: [{ models: /^o\d/, refused: ['temperature', 'store'] }] };

  it('the catalogue alone says which sampling parameters it refuses', () => {
    expect(refusedBy(rules, { model: 'o3' })).toEqual(['logit_bias', 'temperature', 'store']);
    expect(refusedBy(rules, { model: 'o3', facts })).toEqual(['logit_bias', 'store']);
  });
});
