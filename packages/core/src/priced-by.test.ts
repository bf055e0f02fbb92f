import { expect, it } from 'vitest';
import { pricedBy } from './priced-by.js';

it('keeps what is no token in, out or cached, and the tier', () => {
  const usage = { inputTokens: 9, outputTokens: 5, cachedInputTokens: 3, cacheWriteTokens: 2, reasoningTokens: 0 };
  expect(pricedBy({ ...usage, images: 1 }, 'flex')).toEqual({ cacheWriteTokens: 2, images: 1, serviceTier: 'flex' });
});

it('makes nothing where that is all', () => {
  const usage = { inputTokens: 9, outputTokens: 5, cachedInputTokens: 3, reasoningTokens: 0 };
  const tiers = [undefined, 'default', 'standard', 'auto', 'on_demand'];
  expect(tiers.map((tier) => pricedBy(usage, tier))).toEqual(tiers.map(() => undefined));
  expect(pricedBy(undefined, undefined)).toBeUndefined();
});
