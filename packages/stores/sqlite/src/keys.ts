import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { KeyRecord, KeyRepository } from '@sluice/contract';
import { toRecord } from './columns.js';
import type { Columns } from './columns.js';
import { guarded } from './failure.js';

const COLUMNS = `id, name, hash, last4, created_at_ms AS createdAtMs, expires_at_ms AS expiresAtMs,
  revoked_at_ms AS revokedAtMs, models, limits, profile, metadata`;

type JsonColumn = 'models' | 'limits' | 'metadata';
type KeyColumns = Columns<Omit<KeyRecord, JsonColumn>> & { readonly [Name in JsonColumn]: string | null };

/** The keys of an open, migrated database. Every method throws `storage_unavailable` when the database fails. */
export function createKeyRepository(database: DatabaseSync): KeyRepository {
  const insert = database.prepare('INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const list = database.prepare(`SELECT ${COLUMNS} FROM keys ORDER BY created_at_ms, id`);
  const find = database.prepare(`SELECT ${COLUMNS} FROM keys WHERE id = ?`);
  const exists = database.prepare('SELECT 1 FROM keys WHERE id = ?');
  const revoke = database.prepare('UPDATE keys SET revoked_at_ms = ? WHERE id = ? AND revoked_at_ms IS NULL');
  const version = database.prepare('SELECT version FROM keys_version');

  return {
    insert: (record) => guarded(() => void insert.run(...toValues(record))),
    list: () => guarded(() => list.all().map(toKeyRecord)),
    find: (id) =>
      guarded(() => {
        const columns = find.get(id);
        return columns && toKeyRecord(columns);
      }),
    revoke: (id, atMs) => guarded(() => revoke.run(atMs, id).changes > 0 || exists.get(id) !== undefined),
    version: () => guarded(() => Number(version.get()?.['version'])),
  };
}

function toValues(record: KeyRecord): (string | number | null)[] {
  return [
    record.id,
    record.name,
    record.hash,
    record.last4,
    record.createdAtMs,
    record.expiresAtMs ?? null,
    record.revokedAtMs ?? null,
    toJson(record.models),
    toJson(record.limits),
    record.profile ?? null,
    toJson(record.metadata),
  ];
}

function toKeyRecord(row: Record<string, SQLOutputValue>): KeyRecord {
  const { models, limits, metadata, ...rest } = row as KeyColumns;
  return toRecord<KeyRecord>({
    ...rest,
    models: fromJson<NonNullable<KeyRecord['models']>>(models),
    limits: fromJson<NonNullable<KeyRecord['limits']>>(limits),
    metadata: fromJson<NonNullable<KeyRecord['metadata']>>(metadata),
  });
}

function toJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

function fromJson<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}
