import type { AuditRepository, AuditRow, AuditSeal } from '@sluice/contract';
import { isSame } from './chain.js';

export type AuditVerdict =
  | { readonly ok: true; readonly rows: number }
  /** `row` is the number of the first row at fault, `rows` how many before it are whole. */
  | { readonly ok: false; readonly rows: number; readonly row: number; readonly reason: string };

/** Goes through the whole audit log, from its first row, and stops at the first that is not what was written. */
export async function verifyAudit(log: Pick<AuditRepository, 'all' | 'head'>, seal: AuditSeal): Promise<AuditVerdict> {
  // Taken first: what is appended meanwhile comes after it.
  const head = await log.head();
  let last: AuditRow | undefined;
  for await (const row of log.all(head?.seq ?? Number.MAX_SAFE_INTEGER)) {
    const reason = faultOf(row, last, seal);
    if (reason !== undefined) return { ok: false, rows: last?.seq ?? 0, row: (last?.seq ?? 0) + 1, reason };
    last = row;
  }
  const rows = last?.seq ?? 0;
  if (!head)
    return rows === 0 ? { ok: true, rows } : { ok: false, rows, row: rows, reason: 'the end of the log is not marked' };
  if (!isSame(head.mac, seal.head(head)))
    return { ok: false, rows, row: rows, reason: 'the mark of the end was changed' };
  if (head.seq !== rows)
    return { ok: false, rows, row: rows + 1, reason: `rows ${rows + 1} to ${head.seq} are missing` };
  return isSame(head.hash, last?.hash ?? '')
    ? { ok: true, rows }
    : { ok: false, rows: rows - 1, row: rows, reason: 'it is not the row that was written last' };
}

function faultOf(row: AuditRow, before: AuditRow | undefined, seal: AuditSeal): string | undefined {
  const expected = (before?.seq ?? 0) + 1;
  if (row.seq !== expected) return `the row is missing; ${row.seq} follows`;
  if (!isSame(row.previous, before?.hash ?? '')) return 'it does not follow the row before it';
  return isSame(row.hash, seal.row(row)) ? undefined : 'it was changed';
}
