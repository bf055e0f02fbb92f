import type { PriceRow } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { factsOf } from '../__fixtures__/snapshots.js';
import { priceOf } from './price-of.js';

const of = (prices: readonly PriceRow[], tokens = 0): number | undefined =>
  priceOf(factsOf({ prices }), 'chat', () => tokens);

describe('a price for comparing', () => {
  it('weighs input three times as much as output', () => {
    expect(of([{ picoUsd: { input: 1, output: 10 } }])).toBe(13);
  });

  it('is that of the standard tier', () => {
    expect(of([{ tier: 'flex', picoUsd: { input: 0, output: 0 } }, { picoUsd: { input: 1, output: 1 } }])).toBe(4);
  });

  it('is that of long prompts for a long prompt, what they leave out being as usual', () => {
    const rows: readonly PriceRow[] = [
      { picoUsd: { input: 1, output: 10 } },
      { aboveInputTokens: 200_000, picoUsd: { input: 2 } },
    ];
    expect([of(rows, 200_000), of(rows, 200_001)]).toEqual([13, 16]);
  });

  it('is not known where a part of it is not', () => {
    expect(of([])).toBeUndefined();
    expect(of([{ picoUsd: { input: 1 } }])).toBeUndefined();
    expect(priceOf(undefined, 'chat', () => 0)).toBeUndefined();
  });

  it('does not count the prompt where no price depends on it', () => {
    const count = (): number => {
      throw new Error('counted');
    };
    expect(priceOf(factsOf({ prices: [{ picoUsd: { input: 1, output: 1 } }] }), 'chat', count)).toBe(4);
  });

  it('is that of what the operation uses', () => {
    expect(priceOf(factsOf({ prices: [{ picoUsd: { image: 7 } }] }), 'image', () => 0)).toBe(7);
    expect(priceOf(factsOf({ prices: [{ picoUsd: { input: 7 } }] }), 'embed', () => 0)).toBe(7);
  });
});
