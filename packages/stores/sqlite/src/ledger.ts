import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type {
  AttemptRecord,
  LedgerIntent,
  LedgerPage,
  LedgerQuery,
  LedgerRepository,
  LedgerRow,
  LedgerSettlement,
} from '@sluice/contract';
import { toRecord } from './columns.js';
import type { Columns } from './columns.js';
import { guarded } from './failure.js';
import { rollback } from './transact.js';

const ROWS = `SELECT i.id, i.client_request_id AS clientRequestId, i.started_at_ms AS startedAtMs, i.key_id AS keyId,
    i.tenant, i.route, i.requested_model AS requestedModel, i.stream,
    s.settled_at_ms AS settledAtMs, s.status, s.error_code AS errorCode, s.provider, s.model, s.attempts,
    s.input_tokens AS inputTokens, s.output_tokens AS outputTokens, s.cached_tokens AS cachedTokens,
    s.cost_micro_usd AS costMicroUsd, s.usage_source AS usageSource, s.cache, s.first_token_ms AS firstTokenMs,
    s.duration_ms AS durationMs
  FROM ledger_intents i LEFT JOIN ledger_settlements s ON s.id = i.id`;

/** Sorts after every id, in SQLite's order of bytes. */
const AFTER_EVERY_ID = '\u{10ffff}';

/** Rows made at the same time by several processes may stand this far out of order. */
const ORDER_SLACK_MS = 1_000;

type IntentColumns = Columns<Omit<LedgerIntent, 'stream'>> & { readonly stream: number };
type SettlementColumns = Columns<Omit<LedgerSettlement, 'id' | 'attempts'>> & { readonly attempts: string };
/** A row of the join; all columns of the settlement are `null` while the request runs. */
type LedgerColumns = IntentColumns & (SettlementColumns | { readonly settledAtMs: null });

/** The ledger of an open, migrated database. Every method throws `storage_unavailable` when the database fails. */
export function createLedgerRepository(database: DatabaseSync): LedgerRepository {
  const append = prepareAppend(database);
  const older = database.prepare(`${ROWS} WHERE i.id < ? ORDER BY i.id DESC`);
  const find = database.prepare(`${ROWS} WHERE i.id = ?`);
  return {
    append: ({ intents, settlements }) => guarded(() => append(intents, settlements)),
    page: (query) => guarded(() => readPage(older, query)),
    find: (id) =>
      guarded(() => {
        const columns = find.get(id);
        return columns && toLedgerRow(columns as LedgerColumns);
      }),
  };
}

function prepareAppend(database: DatabaseSync) {
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const insertIntent = database.prepare(
    'INSERT INTO ledger_intents VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
  );
  const insertSettlement = database.prepare(
    'INSERT INTO ledger_settlements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
  );
  return (intents: readonly LedgerIntent[], settlements: readonly LedgerSettlement[]): void => {
    if (intents.length === 0 && settlements.length === 0) return;
    begin.run();
    try {
      for (const intent of intents) writeIntent(insertIntent, intent);
      for (const settlement of settlements) writeSettlement(insertSettlement, settlement);
      commit.run();
    } catch (error) {
      rollback(database);
      throw error;
    }
  };
}

// Both run for every request: values are bound by position, and nothing is built but the text of the attempts.
function writeIntent(insert: StatementSync, intent: LedgerIntent): void {
  insert.run(
    intent.id,
    intent.clientRequestId ?? null,
    intent.startedAtMs,
    intent.keyId,
    intent.tenant,
    intent.route,
    intent.requestedModel,
    intent.stream ? 1 : 0,
  );
}

function writeSettlement(insert: StatementSync, settlement: LedgerSettlement): void {
  insert.run(
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
  );
}

/** Steps from row to row, so that it reads no more than the page, however long the ledger is. */
function readPage(older: StatementSync, { sinceMs = 0, limit, cursor = AFTER_EVERY_ID }: LedgerQuery): LedgerPage {
  const rows: LedgerRow[] = [];
  for (const columns of older.iterate(cursor)) {
    const row = toLedgerRow(columns as LedgerColumns);
    if (row.startedAtMs < sinceMs - ORDER_SLACK_MS) break;
    if (row.startedAtMs < sinceMs) continue;
    const last = rows.at(-1);
    if (rows.length >= limit) return last ? { rows, nextCursor: last.id } : { rows };
    rows.push(row);
  }
  return { rows };
}

function toLedgerRow(columns: LedgerColumns): LedgerRow {
  const { id, clientRequestId, startedAtMs, keyId, tenant, route, requestedModel, stream, ...rest } = columns;
  const intent = toRecord<LedgerIntent>({
    id,
    clientRequestId,
    startedAtMs,
    keyId,
    tenant,
    route,
    requestedModel,
    stream: stream === 1,
  });
  if (rest.settledAtMs === null) return intent;
  const attempts = JSON.parse(rest.attempts) as AttemptRecord[];
  return { ...intent, settlement: toRecord<LedgerSettlement>({ id, ...rest, attempts }) };
}
