import type { PricedUnit, PriceRow } from '@sluice/contract';
import type { Draft } from './draft.js';
import type { PricedModel } from './genai-prices.js';

/** Prices on which two sources differ by more than this share are looked at by a person. */
const TOLERANCE = 0.01;
const COMPARED: readonly PricedUnit[] = ['input', 'output', 'cachedInput', 'cacheWrite', 'cacheWrite1h'];

export interface Disagreement {
  /** `KIND/MODEL`. */
  readonly model: string;
  readonly unit: PricedUnit;
  readonly litellm: number;
  readonly genaiPrices: number;
}

/** Where the standard prices of two sources differ. */
export function findDisagreements(
  drafts: readonly Draft[],
  others: ReadonlyMap<string, readonly PricedModel[]>,
): readonly Disagreement[] {
  return drafts.flatMap(({ kind, name, facts }) => {
    const ours = standard(facts.prices);
    const theirs = standard(others.get(kind)?.find((model) => model.matches(name))?.prices);
    if (!ours || !theirs) return [];
    return COMPARED.flatMap((unit) => {
      const [litellm, genaiPrices] = [ours[unit], theirs[unit]];
      if (litellm === undefined || genaiPrices === undefined || isClose(litellm, genaiPrices)) return [];
      return [{ model: `${kind}/${name}`, unit, litellm, genaiPrices }];
    });
  });
}

function standard(prices: readonly PriceRow[] = []): PriceRow['picoUsd'] | undefined {
  return prices.find(({ tier, aboveInputTokens }) => tier === undefined && aboveInputTokens === undefined)?.picoUsd;
}

function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= TOLERANCE * Math.max(a, b);
}
