import type { DatabaseSync } from 'node:sqlite';
import type { JsonObject, ResponseRecord, ResponseRepository } from '@sluice/contract';
import { guarded } from './failure.js';

const COLUMNS = `id, tenant, created_at_ms AS createdAtMs, expires_at_ms AS expiresAtMs, provider, input, response`;

type ResponseColumns = Omit<ResponseRecord, 'input' | 'response'> & {
  readonly input: string;
  readonly response: string;
};

/** Stored answers of an open, migrated database. Every method throws `storage_unavailable` when the database fails. */
export function createResponseRepository(database: DatabaseSync): ResponseRepository {
  const put = database.prepare('INSERT OR REPLACE INTO responses VALUES (?, ?, ?, ?, ?, ?, ?)');
  const find = database.prepare(`SELECT ${COLUMNS} FROM responses WHERE tenant = ? AND id = ? AND expires_at_ms > ?`);
  const remove = database.prepare('DELETE FROM responses WHERE tenant = ? AND id = ?');
  const sweep = database.prepare('DELETE FROM responses WHERE expires_at_ms <= ?');
  return {
    put: ({ tenant, id, createdAtMs, expiresAtMs, provider, input, response }) =>
      guarded(() => {
        const texts = [JSON.stringify(input), JSON.stringify(response)] as const;
        put.run(tenant, id, createdAtMs, expiresAtMs, provider, ...texts);
      }),
    find: (tenant, id, nowMs) =>
      guarded(() => {
        const columns = find.get(tenant, id, nowMs);
        return columns && toResponseRecord(columns as unknown as ResponseColumns);
      }),
    delete: (tenant, id) => guarded(() => remove.run(tenant, id).changes > 0),
    sweep: (nowMs) => guarded(() => void sweep.run(nowMs)),
  };
}

function toResponseRecord(columns: ResponseColumns): ResponseRecord {
  const input = JSON.parse(columns.input) as readonly JsonObject[];
  return { ...columns, input, response: JSON.parse(columns.response) as JsonObject };
}
