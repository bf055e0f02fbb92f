import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { AuditEntry, AuditHead, AuditQuery, AuditRepository, AuditRow } from '@sluice/contract';
import { toRecord } from './columns.js';
import type { Columns } from './columns.js';
import { guarded } from './failure.js';
import { rollback } from './transact.js';

const COLUMNS = `seq, at_ms AS atMs, actor, actor_name AS actorName, role, tenant, action, object, before, after, changed,
  address, request_id AS requestId, previous, hash`;

/**
 * The audit log of an open, migrated database. The write lock is taken before the last row is read, so that all processes
 * keep one chain; it is waited for as long as `busyMs` says. Every method rejects with `storage_unavailable` when the
 * database fails, before the work is begun with `retryAfterMs` where another process holds it.
 */
export function createAuditRepository(database: DatabaseSync, busyMs: number): AuditRepository {
  const begin = prepareBegin(database, busyMs);
  const append = prepareAppend(database);
  const head = database.prepare('SELECT seq, hash, mac FROM audit_head');
  const all = database.prepare(`SELECT ${COLUMNS} FROM audit WHERE seq <= ? ORDER BY seq`);
  const page = database.prepare(
    `SELECT ${COLUMNS} FROM audit WHERE seq < :cursor AND at_ms >= :since AND at_ms < :until
     AND (:actor IS NULL OR actor = :actor) AND (:action IS NULL OR action = :action)
     AND (:object IS NULL OR object = :object) AND (:tenant IS NULL OR tenant = :tenant)
     ORDER BY seq DESC LIMIT :limit`,
  );
  const readHead = (): AuditHead | undefined => head.get() as AuditHead | undefined;
  return {
    async record(work, seal) {
      guarded(begin);
      try {
        const { result, entry } = work();
        if (entry) guarded(() => append(entry, readHead(), seal));
        guarded(() => database.exec('COMMIT'));
        return result;
      } catch (error) {
        rollback(database);
        throw error;
      }
    },
    head: async () => guarded(readHead),
    async *all(last) {
      const rows = guarded(() => all.iterate(last));
      for (let next = guarded(() => rows.next()); !next.done; next = guarded(() => rows.next())) {
        yield toAuditRow(next.value);
      }
    },
    page: async (query) => guarded(() => page.all(toParameters(query)).map(toAuditRow)),
  };
}

/** Others of the connection wait for as long as before. */
function prepareBegin(database: DatabaseSync, busyMs: number): () => void {
  const usualMs = Number(database.prepare('PRAGMA busy_timeout').get()?.['timeout']);
  if (usualMs <= busyMs) return () => database.exec('BEGIN IMMEDIATE');
  return () => {
    database.exec(`PRAGMA busy_timeout = ${busyMs}`);
    try {
      database.exec('BEGIN IMMEDIATE');
    } finally {
      database.exec(`PRAGMA busy_timeout = ${usualMs}`);
    }
  };
}

function prepareAppend(database: DatabaseSync) {
  const insert = database.prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const mark = database.prepare('INSERT OR REPLACE INTO audit_head VALUES (1, ?, ?, ?)');
  return (entry: AuditEntry, head: AuditHead | undefined, seal: Parameters<AuditRepository['record']>[1]): void => {
    const row = { ...entry, seq: (head?.seq ?? 0) + 1, previous: head?.hash ?? '' };
    const hash = seal.row(row);
    insert.run(...toValues({ ...row, hash }));
    mark.run(row.seq, hash, seal.head({ seq: row.seq, hash }));
  };
}

function toValues(row: AuditRow): SQLInputValue[] {
  const { seq, atMs, actor, actorName, role, tenant, action, object } = row;
  const { before = null, after = null, changed = null, address = null, requestId = null, previous, hash } = row;
  const states = [before, after, changed, address, requestId, previous, hash];
  return [seq, atMs, actor, actorName, role, tenant, action, object, ...states];
}

function toAuditRow(columns: object): AuditRow {
  return toRecord<AuditRow>(columns as Columns<AuditRow>);
}

function toParameters(query: AuditQuery): Record<string, SQLInputValue> {
  return {
    cursor: query.before ?? Number.MAX_SAFE_INTEGER,
    since: query.sinceMs ?? 0,
    until: query.untilMs ?? Number.MAX_SAFE_INTEGER,
    actor: query.actor ?? null,
    action: query.action ?? null,
    object: query.object ?? null,
    tenant: query.tenant ?? null,
    limit: query.limit,
  };
}
