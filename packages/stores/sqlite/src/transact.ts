import type { DatabaseSync } from 'node:sqlite';

/**
 * Runs `work` in one write transaction and rolls it back when it throws; where one is open already, as a part of it. For rare
 * work: it prepares nothing ahead.
 */
export function transact<T>(database: DatabaseSync, work: () => T): T {
  if (database.isTransaction) return work();
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    rollback(database);
    throw error;
  }
}

/** Ends an open transaction. SQLite has already ended it itself after some failures, such as a full disk. */
export function rollback(database: DatabaseSync): void {
  if (database.isOpen && database.isTransaction) database.exec('ROLLBACK');
}
