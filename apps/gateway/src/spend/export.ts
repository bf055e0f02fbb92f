import type { SpendGroup, SpendRow } from '@sluice/contract';
import { csvLine } from './csv.js';
import { spendCells, spendHeader } from './view.js';

/** A table of such rows as CSV, some lines at a time, the names of its columns first. */
export async function* toCsv(
  batches: AsyncIterable<readonly SpendRow[]>,
  by: readonly SpendGroup[],
): AsyncGenerator<string, undefined> {
  yield csvLine(spendHeader(by));
  for await (const rows of batches) yield rows.map((row) => csvLine(spendCells(row, by))).join('');
  return undefined;
}
