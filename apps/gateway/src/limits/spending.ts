import { spendingWindowOf, toBudgetRules } from '@sluice/limits';
import type { SpendingWindow } from '@sluice/limits';
import { matchesWildcard } from '@sluice/toolkit';
import type { BudgetEntry } from './live-book.js';

/** All that is counted of money in such windows, by scope, the most first. */
export type ReadSpending = (window: SpendingWindow) => readonly Spending[];
export interface Spending {
  readonly scope: string;
  readonly nanoUsd: number;
  readonly resetsAtMs: number | null;
}

const NANO = 1_000_000_000;
/** So many scopes of one budget are listed. */
const MAX_LISTED = 1_000;

/** Of a budget, what is spent by each scope that it holds for. */
export function spendingOf(
  { scope, terms }: BudgetEntry,
  read: ReadSpending,
): readonly { readonly scope: string; readonly usedUsd: number; readonly resetsAtMs: number | null }[] {
  const pattern = scope ?? 'key:*';
  return read(spendingWindowOf(toBudgetRules(terms)))
    .filter((one) => matchesWildcard(pattern, one.scope))
    .slice(0, MAX_LISTED)
    .map(({ scope: of, nanoUsd, resetsAtMs }) => ({ scope: of, usedUsd: nanoUsd / NANO, resetsAtMs }));
}
