import type { DatabaseSync } from 'node:sqlite';
import type { JsonObject, SessionRecord, SessionRepository } from '@sluice/contract';
import { guarded } from './failure.js';

const COLUMNS = 'hash, created_at_ms AS createdAtMs, expires_at_ms AS expiresAtMs, subject';

/** Sessions of an open, migrated database. */
export function createSessionRepository(database: DatabaseSync): SessionRepository {
  const insert = database.prepare('INSERT INTO sessions VALUES (?, ?, ?, ?)');
  const makeRoom = database.prepare(
    `DELETE FROM sessions WHERE hash IN
       (SELECT hash FROM sessions WHERE subject = ? ORDER BY created_at_ms DESC LIMIT -1 OFFSET ?)`,
  );
  const find = database.prepare(`SELECT ${COLUMNS} FROM sessions WHERE hash = ? AND expires_at_ms > ?`);
  const remove = database.prepare('DELETE FROM sessions WHERE hash = ?');
  const sweep = database.prepare('DELETE FROM sessions WHERE expires_at_ms <= ?');
  return {
    insert: async ({ hash, createdAtMs, expiresAtMs, subject }, most) =>
      guarded(() => {
        const text = JSON.stringify(subject);
        makeRoom.run(text, most - 1);
        insert.run(hash, createdAtMs, expiresAtMs, text);
      }),
    find: async (hash, nowMs) =>
      guarded(() => {
        const columns = find.get(hash, nowMs);
        return columns && toRecord(columns as unknown as SessionColumns);
      }),
    remove: async (hash) => guarded(() => remove.run(hash).changes > 0),
    sweep: async (nowMs) => guarded(() => void sweep.run(nowMs)),
  };
}

type SessionColumns = Omit<SessionRecord, 'subject'> & { readonly subject: string };

function toRecord(columns: SessionColumns): SessionRecord {
  return { ...columns, subject: JSON.parse(columns.subject) as JsonObject };
}
