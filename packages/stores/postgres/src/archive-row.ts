import type { LedgerRow, PriceRow } from '@sluice/contract';
import { fieldOf } from './column-names.js';

type Json = Readonly<Record<string, unknown>>;
/** A row of the join: each table's columns by their names. */
export interface ArchiveColumns {
  readonly intent: Json;
  /** `null` while the request runs. */
  readonly settlement: Json | null;
  readonly prices: readonly PriceRow[] | null;
  readonly adjustments: readonly Json[] | null;
}

export function toLedgerRow({ intent, settlement, prices, adjustments }: ArchiveColumns): LedgerRow {
  const row = toRecord(intent) as unknown as LedgerRow;
  if (!settlement) return row;
  const settled = { ...toRecord(settlement), ...(prices && { prices }) };
  return {
    ...row,
    settlement: settled as unknown as NonNullable<LedgerRow['settlement']>,
    ...(adjustments && { adjustments: adjustments.map(toRecord) as unknown as NonNullable<LedgerRow['adjustments']> }),
  };
}

/** What is `null` is absent. Which machine wrote the row is no part of it. */
function toRecord({ machine: _machine, ...columns }: Json): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(columns)) if (value !== null) record[fieldOf(column)] = value;
  return record;
}
