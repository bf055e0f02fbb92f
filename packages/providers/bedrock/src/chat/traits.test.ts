import type { Capability, ModelFacts } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { LLAMA, NOVA, UNKNOWN } from '../__fixtures__/encode-for.js';
import { toTraits } from './traits.js';

const OPUS = 'us.anthropic.claude-opus-4-8';

const factsOf = (can: readonly Capability[], cannot: readonly Capability[] = []): ModelFacts => ({
  modes: ['chat'],
  can: new Set(can),
  cannot: new Set(cannot),
  efforts: [],
  prices: [],
});

describe('what a model takes', () => {
  it('is told by the catalogue where its id says nothing', () => {
    expect(toTraits(UNKNOWN, factsOf(['adaptive-reasoning', 'prompt-cache', 'forced-tools']))).toMatchObject({
      claude: { thinking: 'adaptive', sampling: true },
      cache: { tools: true, hour: true },
      schemas: 'tool',
    });
  });

  it('is a cache of marks where the catalogue knows no more', () => {
    expect(toTraits(UNKNOWN, factsOf(['prompt-cache'])).cache).toEqual({ tools: true, hour: false });
  });

  it.for([
    [OPUS, factsOf([], ['forced-tools', 'prompt-cache']), [], undefined],
    [OPUS, factsOf([]), ['any', 'tool'], { tools: true, hour: true }],
    ['anthropic.claude-opus-5-5', factsOf(['forced-tools']), ['any', 'tool'], { tools: true, hour: true }],
    [NOVA, factsOf(['prompt-cache']), ['any', 'tool'], { tools: false, hour: false }],
    [LLAMA, factsOf([]), [], undefined],
  ] as const)('of %s follows the catalogue', ([model, facts, forces, cache]) => {
    const traits = toTraits(model, facts);
    expect([[...traits.forces], traits.cache]).toEqual([forces, cache]);
  });

  it('is no sampling where the catalogue says so', () => {
    const refuses = { parameters: ['temperature'], when: 'always' } as const;
    expect(toTraits(UNKNOWN, { ...factsOf([]), refuses }).sampling).toBe(false);
  });
});
