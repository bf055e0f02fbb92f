import type { DatabaseSync } from 'node:sqlite';
import type { HistoryRepository } from '@sluice/contract';
import { guarded } from './failure.js';
import { transact } from './transact.js';

/** Rows that leave in one step, so that no write waits for a long row of them. */
const MAX_SWEPT = 100;

/** What requests said, in an open, migrated database. */
export function createHistoryRepository(database: DatabaseSync): HistoryRepository {
  const insert = database.prepare('INSERT INTO history VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING');
  const find = database.prepare('SELECT sealed FROM history WHERE id = ? AND expires_at_ms > ?');
  const sweep = database.prepare(
    `DELETE FROM history WHERE rowid IN (SELECT rowid FROM history WHERE expires_at_ms <= ? LIMIT ${MAX_SWEPT})`,
  );
  return {
    append: (records) =>
      guarded(() =>
        transact(database, () => {
          for (const { id, expiresAtMs, sealed } of records) insert.run(id, expiresAtMs, sealed);
        }),
      ),
    find: (id, nowMs) => guarded(() => find.get(id, nowMs)?.['sealed'] as string | undefined),
    sweep: (nowMs) => guarded(() => Number(sweep.run(nowMs).changes)),
  };
}
