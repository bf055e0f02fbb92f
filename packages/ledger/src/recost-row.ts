import type { LedgerAdjustment, LedgerRow, PriceRow, Usage } from '@sluice/contract';
import { toMicroUsd } from '@sluice/toolkit';
import { priceUse } from './price.js';

/**
 * What other prices make of a row. `unpriced`: they do not have its model, or what it used. `unexplained`: its cost is not
 * what its counts cost by its own prices (it was estimated, or several models had a part in it), so that they would not tell
 * what it costs by others.
 */
export type Recosted =
  | { readonly kind: 'adjusted'; readonly adjustment: LedgerAdjustment }
  | { readonly kind: 'unchanged' | 'unpriced' | 'unexplained' };

export interface NewPrices {
  readonly prices: readonly PriceRow[] | undefined;
  readonly nowMs: number;
}

export function recostRow(row: LedgerRow, { prices, nowMs }: NewPrices): Recosted {
  const { settlement, adjustments = [] } = row;
  if (!settlement || settlement.cache === 'hit') return { kind: 'unchanged' };
  if (!isExplained(row)) return { kind: 'unexplained' };
  const cost = prices && costBy(prices, row);
  if (prices === undefined || cost === undefined) return { kind: 'unpriced' };
  const before = adjustments.reduce((sum, { microUsd }) => sum + microUsd, settlement.costMicroUsd ?? 0);
  if (cost === before && !getsFirstPrice(row)) return { kind: 'unchanged' };
  const id = `${row.id}#${adjustments.length + 1}`;
  return {
    kind: 'adjusted',
    adjustment: { id, requestId: row.id, madeAtMs: nowMs, microUsd: cost - before, prices },
  };
}

/** It used something, and nobody knew what that costs: that it costs nothing is news. */
function getsFirstPrice({ settlement, adjustments = [] }: LedgerRow): boolean {
  if (!settlement || settlement.costMicroUsd !== undefined || adjustments.length > 0) return false;
  return settlement.inputTokens + settlement.outputTokens > 0 || settlement.priced !== undefined;
}

function isExplained({ settlement, ...row }: LedgerRow): boolean {
  if (!settlement || settlement.attempts.some(({ continues }) => continues)) return false;
  const { costMicroUsd, prices } = settlement;
  if (costMicroUsd === undefined) return true;
  return prices !== undefined && costBy(prices, { ...row, settlement }) === costMicroUsd;
}

function costBy(prices: readonly PriceRow[], { settlement, startedAtMs: atMs }: LedgerRow): number | undefined {
  if (!settlement) return undefined;
  const { inputTokens, outputTokens, cachedTokens: cachedInputTokens, priced = {} } = settlement;
  const { serviceTier, ...more } = priced;
  const usage: Usage = { inputTokens, outputTokens, cachedInputTokens, ...more };
  const pico = priceUse({ prices, usage, serviceTier, atMs });
  return pico === undefined ? undefined : toMicroUsd(pico);
}
