import type { DatabaseSync } from 'node:sqlite';
import type { AtomicKeyValueStore, Clock } from '@sluice/contract';
import { Waiters } from '@sluice/toolkit';
import { guarded } from './failure.js';
import { transact } from './transact.js';

export interface SqliteEntriesOptions {
  readonly clock: Clock;
  /**
   * Of all values together; where there are more, the oldest entries go before their time. Where there are far more, because
   * it was lowered, they go bit by bit, with the writes that follow.
   */
  readonly maxBytes: number;
}

/** Expired entries that leave with one write, so that none waits for a long row of them. */
const MAX_SWEPT = 32;
/** What leaves with one write because there is too much: some hundredths of a second's work. */
const MAX_OUSTED = 1_000;
const MAX_OUSTED_BYTES = 16_777_216;

/**
 * The entries of an open, migrated database. Every method rejects with `storage_unavailable` when the database fails; one
 * that another process holds is asked again for up to 2 s, while the event loop goes on.
 */
export function createEntries(database: DatabaseSync, { clock, maxBytes }: SqliteEntriesOptions): AtomicKeyValueStore {
  const insert = database.prepare(
    `INSERT INTO entries (key, value, expires_at_ms) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING`,
  );
  const select = database.prepare('SELECT value FROM entries WHERE key = ?');
  const update = database.prepare(
    'UPDATE entries SET value = ?, expires_at_ms = ? WHERE key = ? AND value = ? AND expires_at_ms > ?',
  );
  const remove = database.prepare('DELETE FROM entries WHERE key = ? AND value = ? AND expires_at_ms > ?');
  const makeRoom = prepareRoom(database, maxBytes);
  const waiters = new Waiters(clock);
  const atOnce = <T>(work: (now: number) => T, signal: AbortSignal): Promise<T> =>
    waiters.whenFree(() => guarded(() => transact(database, () => work(clock.now()))), signal);
  return {
    putIfAbsent: (key, { value, ttlMs }, signal) =>
      atOnce((now) => {
        makeRoom(key, now);
        if (insert.run(key, value, now + ttlMs).changes > 0) return undefined;
        return select.get(key)?.['value'] as Uint8Array;
      }, signal),
    replace: (key, { expected, value, ttlMs }, signal) =>
      atOnce((now) => {
        const isReplaced = update.run(value, now + ttlMs, key, expected, now).changes > 0;
        if (isReplaced) makeRoom(key, now);
        return isReplaced;
      }, signal),
    deleteIf: (key, expected, signal) => atOnce((now) => remove.run(key, expected, now).changes > 0, signal),
  };
}

/** Takes away what has expired, above all what stands at `key`, and, where there is too much, the oldest besides. */
function prepareRoom(database: DatabaseSync, maxBytes: number): (key: string, now: number) => void {
  const own = database.prepare('DELETE FROM entries WHERE key = ? AND expires_at_ms <= ?');
  const expired = database.prepare(
    `DELETE FROM entries WHERE rowid IN (SELECT rowid FROM entries WHERE expires_at_ms <= ? LIMIT ${MAX_SWEPT})`,
  );
  const size = database.prepare('SELECT bytes FROM entries_size');
  // In the order in which they came: what is being written at the moment is among the last.
  const oldest = database.prepare(
    'DELETE FROM entries WHERE rowid = (SELECT rowid FROM entries WHERE key <> ? ORDER BY rowid LIMIT 1)',
  );
  const bytes = (): number => Number(size.get()?.['bytes']);
  return (key, now) => {
    own.run(key, now);
    expired.run(now);
    let left = bytes();
    const enough = Math.max(maxBytes, left - MAX_OUSTED_BYTES);
    for (let ousted = 0; left > enough && ousted < MAX_OUSTED; ousted += 1) {
      if (oldest.run(key).changes === 0) return;
      left = bytes();
    }
  };
}
