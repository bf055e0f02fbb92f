import type { AuditEntry, AuditHead, AuditQuery, AuditRow, AuditSeal } from '@sluice/contract';
import { withoutNulls } from '@sluice/toolkit';
import type { Sql } from '../connection.js';

const COLUMNS = `seq, at_ms AS "atMs", actor, actor_name AS "actorName", role, tenant, action, object, before, after, changed,
  address, request_id AS "requestId", previous, hash`;
/** Rows of a log that is read as a whole come in pages, so that none is held that was not asked for. */
const ROWS_AT_ONCE = 1_000;

/** The end of the log as it stands beside the version, under the lock of whoever changes the directory. */
export interface HeadColumns {
  readonly auditSeq: number | null;
  readonly auditHash: string | null;
  readonly auditMac: string | null;
}
export const HEAD_COLUMNS = 'audit_seq AS "auditSeq", audit_hash AS "auditHash", audit_mac AS "auditMac"';

export function toHead({ auditSeq, auditHash, auditMac }: HeadColumns): AuditHead | undefined {
  if (auditSeq === null || auditHash === null || auditMac === null) return undefined;
  return { seq: auditSeq, hash: auditHash, mac: auditMac };
}

/** Adds a row, and marks it as the last. The caller holds the lock under which `head` was read. */
export async function append(
  sql: Sql,
  { entry, head, seal }: { readonly entry: AuditEntry; readonly head: AuditHead | undefined; readonly seal: AuditSeal },
): Promise<void> {
  const row = { ...entry, seq: (head?.seq ?? 0) + 1, previous: head?.hash ?? '' };
  const hash = seal.row(row);
  await insert(sql, { ...row, hash });
  await markEnd(sql, { seq: row.seq, hash, mac: seal.head({ seq: row.seq, hash }) });
}

/** Adds a row as it is. */
export async function insert(sql: Sql, row: AuditRow): Promise<void> {
  const { seq, atMs, actor, actorName, role, tenant, action, object } = row;
  const { before = null, after = null, changed = null, address = null, requestId = null, previous, hash } = row;
  const states = [before, after, changed, address, requestId, previous, hash];
  await sql.query(
    'INSERT INTO sluice.audit VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)',
    [seq, atMs, actor, actorName, role, tenant, action, object, ...states],
  );
}

export async function markEnd(sql: Sql, { seq, hash, mac }: AuditHead): Promise<void> {
  await sql.query('UPDATE sluice.directory SET audit_seq = $1, audit_hash = $2, audit_mac = $3', [seq, hash, mac]);
}

/** From the first row to the row `last`. */
export async function* readAll(sql: Sql, last: number): AsyncIterable<AuditRow> {
  let after = 0;
  for (;;) {
    const rows = await sql.query<AuditRow>(
      `SELECT ${COLUMNS} FROM sluice.audit WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT ${ROWS_AT_ONCE}`,
      [after, last],
    );
    yield* rows.map(toAuditRow);
    const newest = rows.at(-1);
    if (!newest) return;
    after = newest.seq;
  }
}

/** Newest first. */
export async function readPage(sql: Sql, query: AuditQuery): Promise<readonly AuditRow[]> {
  const rows = await sql.query<AuditRow>(
    `SELECT ${COLUMNS} FROM sluice.audit WHERE seq < $1 AND at_ms >= $2 AND at_ms < $3
     AND ($4::text IS NULL OR actor = $4) AND ($5::text IS NULL OR action = $5)
     AND ($6::text IS NULL OR object = $6) AND ($7::text IS NULL OR tenant = $7)
     ORDER BY seq DESC LIMIT $8`,
    [
      query.before ?? Number.MAX_SAFE_INTEGER,
      query.sinceMs ?? 0,
      query.untilMs ?? Number.MAX_SAFE_INTEGER,
      ...[query.actor, query.action, query.object, query.tenant].map((value) => value ?? null),
      query.limit,
    ],
  );
  return rows.map(toAuditRow);
}

function toAuditRow(columns: AuditRow): AuditRow {
  return withoutNulls(columns) as unknown as AuditRow;
}
