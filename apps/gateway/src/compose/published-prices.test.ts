import type { PricedUnit, PriceRow, Usage } from '@sluice/contract';
import { priceUse } from '@sluice/ledger';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../config/parse-config.js';
import { DIFFERENCES, MODELS_DEV, PAGES } from './__fixtures__/published-prices.js';
import type { PublishedPrice } from './__fixtures__/published-prices.js';
import { composeCatalogue } from './catalogue.js';

const TOLERANCE = 0.01;
/** So few that no price for long input holds. */
const TOKENS = 1_000;
const PICO_OF_MICRO = 1_000_000;

const catalogue = composeCatalogue(parseConfig({}, { env: {}, cwd: '/' }));

type Named = readonly [label: string, published: PublishedPrice];
const named = (list: string, prices: readonly PublishedPrice[]): readonly Named[] =>
  prices.map((price) => [`${labelOf(price)} (${list})`, price]);
const PUBLISHED: readonly Named[] = [...named('models.dev', MODELS_DEV), ...named('page', PAGES)];
const UNITS = PUBLISHED.flatMap(([label, published]) =>
  (Object.keys(published.usd) as PricedUnit[]).map((unit) => [label, unit, published] as const),
);

function labelOf({ model, tier, aboveInputTokens }: PublishedPrice): string {
  return [model, ...(tier ? [tier] : []), ...(aboveInputTokens ? [`above ${aboveInputTokens}`] : [])].join(' ');
}

function pricesOf(model: string): readonly PriceRow[] {
  const slash = model.indexOf('/');
  const kind = model.slice(0, slash);
  return catalogue.of({ name: kind, kind }).find(model.slice(slash + 1))?.prices ?? [];
}

const ALONE: Readonly<Partial<Record<PricedUnit, (tokens: number) => Partial<Usage>>>> = {
  input: (inputTokens) => ({ inputTokens }),
  cachedInput: (inputTokens) => ({ inputTokens, cachedInputTokens: inputTokens }),
  cacheWrite: (inputTokens) => ({ inputTokens, cacheWriteTokens: inputTokens }),
  cacheWrite1h: (inputTokens) => ({ inputTokens, cacheWriteTokens: inputTokens, cacheWrite1hTokens: inputTokens }),
  audioInput: (inputTokens) => ({ inputTokens, audioInputTokens: inputTokens }),
};

/** In pico-USD for a token, by what a request costs that uses nothing else. */
function costOfOne(unit: PricedUnit, { model, tier, aboveInputTokens = 0 }: PublishedPrice): number {
  const tokens = aboveInputTokens + TOKENS;
  const cost = (usage: Partial<Usage>): number =>
    Number(
      priceUse({ prices: pricesOf(model), usage: { inputTokens: 0, outputTokens: 0, ...usage }, serviceTier: tier }),
    );
  const alone = ALONE[unit];
  if (alone) return cost(alone(tokens)) / tokens;
  const inputTokens = aboveInputTokens === 0 ? 0 : tokens;
  return (cost({ inputTokens, outputTokens: TOKENS }) - cost({ inputTokens })) / TOKENS;
}

function isClose(ours: number, theirs: number): boolean {
  return Math.abs(ours - theirs) <= TOLERANCE * Math.max(ours, theirs);
}

function differenceOf(label: string, unit: PricedUnit) {
  return DIFFERENCES.find(
    (known) => unit === known.unit && (label === known.price || label.startsWith(`${known.price} (`)),
  );
}

describe('what a request costs, against prices that others publish', () => {
  it.each(UNITS)('%s: %s is the same within a hundredth, or is known to differ', (label, unit, published) => {
    const theirs = (published.usd[unit] ?? 0) * PICO_OF_MICRO;
    const ours = costOfOne(unit, published);
    expect(ours).toBeGreaterThan(0);
    // A difference that is none any more is to go from the list.
    expect({ ours, theirs, isClose: isClose(ours, theirs) }).toEqual({
      ours,
      theirs,
      isClose: differenceOf(label, unit) === undefined,
    });
  });

  it('is looked at for more than twenty models of three vendors and more, in every dimension of price', () => {
    const models = new Set(PUBLISHED.map(([, { model }]) => model));
    expect(models.size).toBeGreaterThan(20);
    expect(new Set([...models].map((model) => model.split('/')[0])).size).toBeGreaterThan(3);
    expect(new Set(UNITS.map(([, unit]) => unit))).toEqual(
      new Set(['input', 'cachedInput', 'cacheWrite', 'cacheWrite1h', 'audioInput', 'output']),
    );
    expect(new Set(PUBLISHED.map(([, { tier }]) => tier))).toEqual(new Set([undefined, 'batch', 'flex', 'priority']));
  });

  it('is known to differ only where it is looked at', () => {
    for (const { price, unit } of DIFFERENCES) {
      expect(UNITS.some(([label, looked]) => looked === unit && differenceOf(label, unit)?.price === price)).toBe(true);
    }
  });
});
