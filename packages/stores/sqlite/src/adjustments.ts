import type { DatabaseSync } from 'node:sqlite';
import type { LedgerAdjustment, LedgerRepository } from '@sluice/contract';
import { guarded } from './failure.js';
import { AFTER_EVERY_ID } from './owner.js';
import { SELECT_ROWS, toLedgerRow } from './ledger-row.js';
import type { LedgerColumns } from './ledger-row.js';
import { PriceTable } from './price-table.js';
import { transact } from './transact.js';

/** What of the ledger changes what requests cost that have ended; `appending` is the connection that waits for nobody. */
export function createAdjustments(
  database: DatabaseSync,
  appending: DatabaseSync,
): Pick<LedgerRepository, 'settled' | 'adjust'> {
  const prices = new PriceTable(appending);
  const settled = database.prepare(
    `${SELECT_ROWS} WHERE i.id > ? AND i.id < ? AND i.started_at_ms >= ? AND i.started_at_ms < ? AND s.id IS NOT NULL
     ORDER BY i.id LIMIT ?`,
  );
  const insert = appending.prepare(
    `INSERT INTO ledger_adjustments (id, request_id, made_at_ms, micro_usd, price_version) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO NOTHING`,
  );
  const isNew = ({ id, requestId, madeAtMs, microUsd, prices: rows }: LedgerAdjustment): boolean =>
    insert.run(id, requestId, madeAtMs, microUsd, prices.versionOf(rows)).changes > 0;
  return {
    settled: ({ after, before = AFTER_EVERY_ID, sinceMs, untilMs, limit }) =>
      guarded(() =>
        settled.all(after, before, sinceMs, untilMs, limit).map((row) => toLedgerRow(row as LedgerColumns)),
      ),
    adjust: (adjustments) =>
      guarded(() => {
        try {
          return transact(appending, () => adjustments.filter(isNew));
        } catch (cause) {
          prices.forget();
          throw cause;
        }
      }),
  };
}
