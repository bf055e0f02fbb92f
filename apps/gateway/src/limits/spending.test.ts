import { expect, it } from 'vitest';
import type { BudgetEntry } from './live-book.js';
import { spendingOf } from './spending.js';
import type { Spending } from './spending.js';

const entry = (scope: string, window?: string): BudgetEntry => ({
  name: 'b',
  scope,
  terms: { usd: 1, ...(window === undefined ? {} : { window }) },
  source: 'file',
  by: 'gateway',
});

const spent = (scope: string): Spending => ({ scope, nanoUsd: 2_500_000_000, resetsAtMs: null });

it('what a budget has spent is told however many other scopes have spent more', () => {
  const others = Array.from({ length: 1_500 }, (_, index) => spent(`key:${index}`));
  const read = () => [...others, spent('team:search')];
  const told = { scope: 'team:search', usedUsd: 2.5, resetsAtMs: null };
  expect(spendingOf(entry('team:search'), read)).toEqual([told]);
  expect(spendingOf(entry('team:*'), read)).toEqual([told]);
});

it('of a budget of many scopes, a thousand are told', () => {
  const read = () => Array.from({ length: 1_500 }, (_, index) => spent(`key:${index}`));
  expect(spendingOf(entry('key:*'), read)).toHaveLength(1_000);
});

it.each([
  ['day', { name: 'spend', windowMs: 86_400_000, span: 'day' }],
  ['month', { name: 'spend', windowMs: 30 * 86_400_000, span: 'month' }],
  ['12h', { name: 'spend', windowMs: 12 * 3_600_000 }],
  [undefined, { name: 'spend', windowMs: Number.POSITIVE_INFINITY }],
])('a budget of window %s is looked up where it is counted', (window, counted) => {
  const asked: unknown[] = [];
  spendingOf(entry('team:*', window), (of) => {
    asked.push(of);
    return [];
  });
  expect(asked).toEqual([counted]);
});
