import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LedgerPage, LedgerQuery, LedgerRepository, LedgerRow } from '@sluice/contract';
import { createAdjustments } from './adjustments.js';
import { guarded } from './failure.js';
import { SELECT_ROWS, toLedgerRow } from './ledger-row.js';
import type { LedgerColumns } from './ledger-row.js';
import { prepareOrphans } from './orphans.js';
import type { OrphanDeps } from './orphans.js';
import { AFTER_EVERY_ID } from './owner.js';
import type { SharedTransaction } from './shared-transaction.js';

/** Rows made at the same time by several processes may stand this far out of order. */
const ORDER_SLACK_MS = 1_000;

export interface LedgerDeps extends OrphanDeps {
  /** Of the connection that appends. */
  readonly transaction: SharedTransaction;
}

/** The ledger of an open, migrated database. Every method throws `storage_unavailable` when the database fails. */
export function createLedgerRepository(database: DatabaseSync, deps: LedgerDeps): LedgerRepository {
  const older = {
    ofAll: database.prepare(`${SELECT_ROWS} WHERE i.id < ? ORDER BY i.id DESC`),
    ofTenant: database.prepare(`${SELECT_ROWS} WHERE i.id < ? AND i.tenant = ? ORDER BY i.id DESC`),
  };
  const find = database.prepare(`${SELECT_ROWS} WHERE i.id = ?`);
  const orphans = prepareOrphans(database, deps);
  return {
    orphans: (limit) => guarded(() => orphans(limit)),
    append(batch) {
      if (batch.intents.length > 0 || batch.settlements.length > 0) guarded(() => deps.transaction.run(batch));
    },
    ...createAdjustments(database, deps.appending),
    page: (query) => guarded(() => readPage(older, query)),
    find: (id) =>
      guarded(() => {
        const columns = find.get(id);
        return columns && toLedgerRow(columns as LedgerColumns);
      }),
  };
}

/** Steps from row to row, so that it reads no more than the page, however long the ledger is. */
interface OlderRows {
  readonly ofAll: StatementSync;
  readonly ofTenant: StatementSync;
}

function readPage({ ofAll, ofTenant }: OlderRows, query: LedgerQuery): LedgerPage {
  const { sinceMs = 0, limit, cursor = AFTER_EVERY_ID, tenant } = query;
  const rows: LedgerRow[] = [];
  for (const columns of tenant === undefined ? ofAll.iterate(cursor) : ofTenant.iterate(cursor, tenant)) {
    const row = toLedgerRow(columns as LedgerColumns);
    if (row.startedAtMs < sinceMs - ORDER_SLACK_MS) break;
    if (row.startedAtMs < sinceMs) continue;
    const last = rows.at(-1);
    if (rows.length >= limit) return last ? { rows, nextCursor: last.id } : { rows };
    rows.push(row);
  }
  return { rows };
}
