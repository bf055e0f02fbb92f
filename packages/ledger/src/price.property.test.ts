import type { PricedUnit, PriceRow, Usage } from '@sluice/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { priceUse } from './price.js';

const TOKENS: readonly PricedUnit[] = [
  'input',
  'cachedInput',
  'cacheWrite',
  'cacheWrite1h',
  'audioInput',
  'output',
  'reasoning',
  'audioOutput',
];

/** Whatever a vendor may put in the place of a count. */
const anyCount = fc.oneof(
  fc.nat({ max: 5_000_000 }),
  fc.constantFrom(-1, 0.5, Number.NaN, Infinity, -Infinity, 1e300, Number.MAX_SAFE_INTEGER),
);
const anyUsage: fc.Arbitrary<Usage> = fc.record(
  {
    inputTokens: anyCount,
    outputTokens: anyCount,
    cachedInputTokens: anyCount,
    cacheWriteTokens: anyCount,
    cacheWrite1hTokens: anyCount,
    reasoningTokens: anyCount,
    audioInputTokens: anyCount,
    audioOutputTokens: anyCount,
    images: anyCount,
    audioSeconds: anyCount,
    characters: anyCount,
    searchUnits: anyCount,
  },
  { requiredKeys: ['inputTokens', 'outputTokens'] },
);
const anyPrice = fc.nat({ max: 1_000_000_000 });
const anyRow: fc.Arbitrary<PriceRow> = fc.record(
  {
    tier: fc.constantFrom('flex', 'priority'),
    aboveInputTokens: fc.nat({ max: 400_000 }),
    picoUsd: fc.dictionary(fc.constantFrom<string>(...TOKENS, 'image', 'character'), anyPrice),
  },
  { requiredKeys: ['picoUsd'] },
);
const anyPrices = fc.array(anyRow, { maxLength: 5 });
const anyTier = fc.option(fc.constantFrom('flex', 'priority', 'default', 'x'), { nil: undefined });

it('is never negative, whatever a vendor reports', () => {
  fc.assert(
    fc.property(anyPrices, anyUsage, anyTier, (prices, usage, serviceTier) => {
      expect(priceUse({ prices, usage, serviceTier }) ?? 0n).toBeGreaterThanOrEqual(0n);
    }),
  );
});

it('with one price for all tokens is that price times all tokens, however they are divided', () => {
  const total = fc.record({ inputTokens: fc.nat({ max: 5_000_000 }), outputTokens: fc.nat({ max: 5_000_000 }) });
  fc.assert(
    fc.property(anyUsage, total, anyPrice, (parts, { inputTokens, outputTokens }, price) => {
      const { images: _, audioSeconds: __, characters: ___, searchUnits: ____, ...divided } = parts;
      const prices = [{ picoUsd: Object.fromEntries(TOKENS.map((unit) => [unit, price])) }];
      const usage = { ...divided, inputTokens, outputTokens };
      expect(priceUse({ prices, usage })).toBe(BigInt(inputTokens + outputTokens) * BigInt(price));
    }),
  );
});

it('grows with every price and every token that is read or written', () => {
  fc.assert(
    fc.property(fc.nat({ max: 1e6 }), fc.nat({ max: 1e6 }), anyPrice, (inputTokens, outputTokens, input) => {
      const at = (tokens: number, price: number) =>
        priceUse({
          prices: [{ picoUsd: { input: price, output: 1 } }],
          usage: { inputTokens: tokens, outputTokens },
        }) ?? 0n;
      expect(at(inputTokens + 1, input)).toBeGreaterThanOrEqual(at(inputTokens, input));
      expect(at(inputTokens, input + 1)).toBeGreaterThanOrEqual(at(inputTokens, input));
    }),
  );
});

it('of two uses under one row is the cost of both together', () => {
  const simple = fc.record({ inputTokens: fc.nat({ max: 1e6 }), outputTokens: fc.nat({ max: 1e6 }) });
  fc.assert(
    fc.property(simple, simple, anyPrice, (a, b, price) => {
      const prices = [{ picoUsd: { input: price, output: price + 1 } }];
      const both = { inputTokens: a.inputTokens + b.inputTokens, outputTokens: a.outputTokens + b.outputTokens };
      const sum = (priceUse({ prices, usage: a }) ?? 0n) + (priceUse({ prices, usage: b }) ?? 0n);
      expect(priceUse({ prices, usage: both })).toBe(sum);
    }),
  );
});
