import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type {
  LedgerIntent,
  LedgerPage,
  LedgerQuery,
  LedgerRepository,
  LedgerRow,
  LedgerSettlement,
} from '@sluice/contract';
import { createAdjustments } from './adjustments.js';
import type { Checkpointer } from './checkpointer.js';
import { guarded } from './failure.js';
import { toJson } from './json-column.js';
import { INTENT_COLUMNS, SELECT_ROWS, SETTLEMENT_COLUMNS, toLedgerRow } from './ledger-row.js';
import type { LedgerColumns } from './ledger-row.js';
import { prepareOrphans } from './orphans.js';
import type { OrphanDeps } from './orphans.js';
import { AFTER_EVERY_ID } from './owner.js';
import { PriceTable } from './price-table.js';
import { RowInsert } from './row-insert.js';
import type { SharedTransaction } from './shared-transaction.js';

/** Rows made at the same time by several processes may stand this far out of order. */
const ORDER_SLACK_MS = 1_000;

export interface LedgerDeps extends OrphanDeps {
  readonly checkpointer: Checkpointer;
  /** Of the connection that appends. */
  readonly transaction: SharedTransaction;
}

/** The ledger of an open, migrated database. Every method throws `storage_unavailable` when the database fails. */
export function createLedgerRepository(database: DatabaseSync, deps: LedgerDeps): LedgerRepository {
  const append = prepareAppend(deps);
  const older = {
    ofAll: database.prepare(`${SELECT_ROWS} WHERE i.id < ? ORDER BY i.id DESC`),
    ofTenant: database.prepare(`${SELECT_ROWS} WHERE i.id < ? AND i.tenant = ? ORDER BY i.id DESC`),
  };
  const find = database.prepare(`${SELECT_ROWS} WHERE i.id = ?`);
  const orphans = prepareOrphans(database, deps);
  return {
    orphans: (limit) => guarded(() => orphans(limit)),
    append: ({ intents, settlements }) => guarded(() => append(intents, settlements)),
    ...createAdjustments(database, deps.appending),
    page: (query) => guarded(() => readPage(older, query)),
    find: (id) =>
      guarded(() => {
        const columns = find.get(id);
        return columns && toLedgerRow(columns as LedgerColumns);
      }),
  };
}

function prepareAppend({ appending: database, owner, checkpointer, transaction }: LedgerDeps) {
  const prices = new PriceTable(database);
  const insertIntents = new RowInsert<LedgerIntent>(database, {
    table: 'ledger_intents',
    columns: INTENT_COLUMNS,
    bind: (values, intent) => bindIntent(values, intent, owner.id),
  });
  const insertSettlements = new RowInsert<LedgerSettlement>(database, {
    table: 'ledger_settlements',
    columns: SETTLEMENT_COLUMNS,
    bind: (values, settlement) => bindSettlement(values, settlement, prices.versionOf(settlement.prices)),
  });
  return (intents: readonly LedgerIntent[], settlements: readonly LedgerSettlement[]): void => {
    if (intents.length === 0 && settlements.length === 0) return;
    owner.claim();
    const write = (): void => {
      insertIntents.run(intents);
      insertSettlements.run(settlements);
      owner.mark(intents);
    };
    try {
      transaction.run(write, intents);
    } catch (error) {
      prices.forget();
      throw error;
    }
    owner.committed(intents, settlements);
    checkpointer.count(intents.length + settlements.length);
  };
}

// Both run for every request: nothing is built but the text of the attempts.
function bindIntent(values: SQLInputValue[], intent: LedgerIntent, owner: number): void {
  values.push(
    intent.id,
    intent.clientRequestId ?? null,
    intent.startedAtMs,
    intent.keyId,
    intent.tenant,
    intent.route,
    intent.requestedModel,
    intent.stream ? 1 : 0,
    owner,
    intent.reservedNanoUsd ?? null,
    intent.promptBytes ?? null,
    intent.keyName ?? null,
    intent.team ?? null,
    intent.user ?? null,
    intent.endUser ?? null,
    toJson(intent.tags),
  );
}

function bindSettlement(values: SQLInputValue[], settlement: LedgerSettlement, priceVersion: string | null): void {
  values.push(
    settlement.id,
    settlement.settledAtMs,
    settlement.status,
    settlement.errorCode ?? null,
    settlement.provider ?? null,
    settlement.model ?? null,
    JSON.stringify(settlement.attempts),
    settlement.inputTokens,
    settlement.outputTokens,
    settlement.cachedTokens,
    settlement.costMicroUsd ?? null,
    settlement.usageSource,
    settlement.cache ?? null,
    settlement.firstTokenMs ?? null,
    settlement.durationMs,
    priceVersion,
    settlement.usageSuspect ? 1 : null,
    settlement.overReserved ? 1 : null,
    toJson(settlement.priced),
  );
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
