import type { PricedUse, PriceRow, Usage } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { priceUse } from './price.js';

const PRICES: readonly PriceRow[] = [
  {
    picoUsd: {
      input: 1_000,
      cachedInput: 100,
      cacheWrite: 1_250,
      cacheWrite1h: 2_000,
      output: 5_000,
      audioInput: 7_000,
      audioOutput: 9_000,
    },
  },
  { aboveInputTokens: 200, picoUsd: { input: 2_000, output: 7_500 } },
  { tier: 'flex', picoUsd: { input: 500, output: 2_500 } },
  { tier: 'flex', aboveInputTokens: 200, picoUsd: { input: 1_000 } },
];
const usage = (change: Partial<Usage>): Usage => ({ inputTokens: 0, outputTokens: 0, ...change });
const cost = (change: Partial<Usage>, use: Partial<PricedUse> = {}) =>
  priceUse({ prices: PRICES, usage: usage(change), ...use });

describe('what a use costs', () => {
  it('is each count times its price, every token counted once', () => {
    expect(cost({ inputTokens: 100, outputTokens: 10 })).toBe(100_000n + 50_000n);
    expect(
      cost({
        inputTokens: 100,
        cachedInputTokens: 40,
        cacheWriteTokens: 30,
        cacheWrite1hTokens: 10,
        audioInputTokens: 5,
        outputTokens: 20,
        audioOutputTokens: 8,
      }),
    ).toBe(25_000n + 4_000n + 25_000n + 20_000n + 35_000n + 60_000n + 72_000n);
  });

  it('is what the vendor says it charges for, whatever else was read and written', () => {
    const billed = { inputTokens: 100, outputTokens: 10 };
    const read = { inputTokens: 150, cachedInputTokens: 140, reasoningTokens: 60, outputTokens: 70 };
    expect(cost({ ...read, billed })).toBe(100_000n + 50_000n);
  });

  it('takes the dearer rows above their number of input tokens, for all tokens', () => {
    expect(cost({ inputTokens: 200 })).toBe(200_000n);
    expect(cost({ inputTokens: 201, outputTokens: 1 })).toBe(402_000n + 7_500n);
  });

  it('takes the row of the service tier, and what it leaves out from less special ones', () => {
    expect(cost({ inputTokens: 100, outputTokens: 1 }, { serviceTier: 'flex' })).toBe(50_000n + 2_500n);
    expect(cost({ inputTokens: 201, outputTokens: 1 }, { serviceTier: 'flex' })).toBe(201_000n + 2_500n);
    expect(cost({ inputTokens: 10, cachedInputTokens: 10 }, { serviceTier: 'flex' })).toBe(1_000n);
  });

  it.each(['default', 'standard', 'auto', 'unheard-of'])('is the standard price in the tier %s', (serviceTier) => {
    expect(cost({ inputTokens: 10 }, { serviceTier })).toBe(10_000n);
  });

  it('counts what has no price of its own as what it is a kind of', () => {
    const prices = [{ picoUsd: { input: 10, output: 20 } }];
    const all = { inputTokens: 3, cachedInputTokens: 1, cacheWriteTokens: 1, cacheWrite1hTokens: 1, outputTokens: 2 };
    expect(priceUse({ prices, usage: { ...all, reasoningTokens: 1 } })).toBe(30n + 40n);
    expect(
      priceUse({
        prices: [{ picoUsd: { output: 20, reasoning: 50 } }],
        usage: usage({ outputTokens: 2, reasoningTokens: 1 }),
      }),
    ).toBe(70n);
  });

  it('is by the piece where pieces have the price', () => {
    const prices = [{ picoUsd: { image: 3, audioSecond: 5, character: 7, searchUnit: 11 } }];
    expect(priceUse({ prices, usage: usage({ images: 1, audioSeconds: 1.2, characters: 1, searchUnits: 1 }) })).toBe(
      31n,
    );
    expect(priceUse({ prices, usage: usage({ inputTokens: 9, images: 1 }) })).toBe(3n);
  });

  it('is unknown without a price for anything that was used, and nothing where nothing was', () => {
    expect(priceUse({ prices: [], usage: usage({ inputTokens: 1 }) })).toBeUndefined();
    expect(cost({ images: 1 })).toBeUndefined();
    expect(cost({})).toBe(0n);
  });

  it('stays exact beyond what a floating-point number holds', () => {
    const prices = [{ picoUsd: { input: 450_000_001 } }];
    expect(priceUse({ prices, usage: usage({ inputTokens: 100_000_001 }) })).toBe(45_000_000_550_000_001n);
  });
});

describe('prices of hours of the day', () => {
  // DeepSeek halved its prices between 16:30 and 00:30 UTC.
  const NIGHT: readonly PriceRow[] = [
    { picoUsd: { input: 1_000, output: 4_000 } },
    { hours: { fromMinute: 990, toMinute: 30 }, picoUsd: { input: 500 } },
    { tier: 'flex', picoUsd: { input: 300 } },
  ];
  const at = (time: string, use: Partial<PricedUse> = {}) =>
    cost({ inputTokens: 10 }, { prices: NIGHT, atMs: Date.parse(`2026-03-01T${time}Z`), ...use });

  it.each([
    ['16:29:59.999', 10_000n],
    ['16:30:00.000', 5_000n],
    ['23:59:59.999', 5_000n],
    ['00:00:00.000', 5_000n],
    ['00:29:59.999', 5_000n],
    ['00:30:00.000', 10_000n],
    ['12:00:00.000', 10_000n],
  ])('hold from their first minute to before their last, over midnight: %s', (time, expected) => {
    expect(at(time)).toBe(expected);
  });

  it('hold within one day too', () => {
    const prices = [
      { picoUsd: { input: 1_000 } },
      { hours: { fromMinute: 540, toMinute: 1_020 }, picoUsd: { input: 2_000 } },
    ];
    expect(['08:59:00', '09:00:00', '16:59:59', '17:00:00'].map((time) => at(time, { prices }))).toEqual([
      10_000n,
      20_000n,
      20_000n,
      10_000n,
    ]);
  });

  it('leave the units that they do not name at the price of all day', () => {
    expect(cost({ outputTokens: 1 }, { prices: NIGHT, atMs: Date.parse('2026-03-01T20:00:00Z') })).toBe(4_000n);
  });

  it('do not hold before those of the tier, nor where nobody says when it was', () => {
    expect([at('20:00:00', { serviceTier: 'flex' }), at('20:00:00', { atMs: undefined })]).toEqual([3_000n, 10_000n]);
  });
});
