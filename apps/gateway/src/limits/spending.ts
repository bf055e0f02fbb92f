import { toBudgetRules } from '@sluice/limits';
import type { BudgetEntry } from './live-book.js';

/** What is counted of money, by its scope and window; `window` as a claim's. */
export type ReadSpending = (window: SpendingWindow, limit: number) => readonly Spending[];
export interface SpendingWindow {
  readonly windowMs: number;
  readonly span?: 'day' | 'month';
}
export interface Spending {
  readonly scope: string;
  readonly nanoUsd: number;
  readonly resetsAtMs: number | null;
}

const NANO = 1_000_000_000;
const DAY_MS = 86_400_000;
/** So many scopes of one budget are listed. */
const MAX_LISTED = 1_000;

/** Of a budget, what is spent by each scope that it holds for. */
export function spendingOf(
  { scope, terms }: BudgetEntry,
  read: ReadSpending,
): readonly { readonly scope: string; readonly usedUsd: number; readonly resetsAtMs: number | null }[] {
  const { window } = toBudgetRules(terms);
  const pattern = scope ?? 'key:*';
  const isMeant = (one: string): boolean =>
    pattern.endsWith('*') ? one.startsWith(pattern.slice(0, -1)) : one === pattern;
  return read(toSpan(window), MAX_LISTED)
    .filter((one) => isMeant(one.scope))
    .map(({ scope: of, nanoUsd, resetsAtMs }) => ({ scope: of, usedUsd: nanoUsd / NANO, resetsAtMs }));
}

function toSpan(window: 'day' | 'month' | number | undefined): SpendingWindow {
  if (window === 'day') return { windowMs: DAY_MS, span: 'day' };
  if (window === 'month') return { windowMs: 30 * DAY_MS, span: 'month' };
  return { windowMs: window ?? Number.POSITIVE_INFINITY };
}
