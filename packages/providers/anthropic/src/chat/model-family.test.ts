import type { ModelFacts } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { toModelFamily } from './model-family.js';

const factsOf = (change: Partial<ModelFacts> = {}): ModelFacts => ({
  modes: ['chat'],
  can: new Set(),
  cannot: new Set(),
  efforts: [],
  prices: [],
  ...change,
});

describe('the family of a model that the catalogue knows', () => {
  it('samples unless the catalogue says that it refuses to, whatever its name says', () => {
    const refuses = { parameters: ['temperature', 'top_p', 'top_k'], when: 'always' } as const;
    const sampling = (model: string, facts?: ModelFacts): boolean => toModelFamily(model, facts).sampling;
    expect([sampling('claude-opus-9'), sampling('claude-opus-9', factsOf())]).toEqual([false, true]);
    expect([sampling('claude-opus-4-5'), sampling('claude-opus-4-5', factsOf({ refuses }))]).toEqual([true, false]);
  });

  it('goes on with an answer, and takes efforts, as the catalogue says', () => {
    const more = factsOf({ can: new Set(['prefill']), efforts: ['low', 'high'] });
    const less = factsOf({ cannot: new Set(['prefill']), efforts: ['low', 'high', 'xhigh'] });
    expect(toModelFamily('claude-opus-9', more)).toMatchObject({ prefill: true, everyEffort: false });
    expect(toModelFamily('claude-opus-4-5', less)).toMatchObject({ prefill: false, everyEffort: true });
  });

  it('is a current one where it reasons as those do, under a name that says nothing', () => {
    const facts = factsOf({ can: new Set(['adaptive-reasoning']) });
    expect([toModelFamily('my-deployment', facts).thinking, toModelFamily('my-deployment').thinking]).toEqual([
      'adaptive',
      'budget',
    ]);
  });

  it('is that of its name where the catalogue says no more', () => {
    const { sampling: _, ...rest } = toModelFamily('claude-sonnet-4-6', factsOf());
    expect(toModelFamily('claude-sonnet-4-6')).toMatchObject(rest);
  });
});
