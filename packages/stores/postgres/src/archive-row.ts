import type { LedgerRow, PriceRow } from '@sluice/contract';

type Json = Readonly<Record<string, unknown>>;
/** A row of the join: each table's columns by their names. */
export interface ArchiveColumns {
  readonly intent: Json;
  /** `null` while the request runs. */
  readonly settlement: Json | null;
  readonly prices: readonly PriceRow[] | null;
}

export function toLedgerRow({ intent, settlement, prices }: ArchiveColumns): LedgerRow {
  const row = toRecord(intent) as unknown as LedgerRow;
  if (!settlement) return row;
  const settled = { ...toRecord(settlement), ...(prices && { prices }) };
  return { ...row, settlement: settled as unknown as NonNullable<LedgerRow['settlement']> };
}

const names = new Map<string, string>();

/** `started_at_ms` is `startedAtMs`; what is `null` is absent. Which machine wrote the row is no part of it. */
function toRecord({ machine: _machine, ...columns }: Json): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(columns)) if (value !== null) record[nameOf(column)] = value;
  return record;
}

function nameOf(column: string): string {
  const known = names.get(column);
  if (known !== undefined) return known;
  const name = column.replaceAll(/_(.)/g, (_match, letter: string) => letter.toUpperCase());
  names.set(column, name);
  return name;
}
