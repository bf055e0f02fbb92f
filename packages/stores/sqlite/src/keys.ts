import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { KeyRecord, KeyRepository, RetiringSecret, Rotation } from '@sluice/contract';
import { toRecord } from './columns.js';
import type { Columns } from './columns.js';
import { guarded } from './failure.js';
import { fromJson, toJson } from './json-column.js';
import { transact } from './transact.js';

const COLUMNS = `id, name, hash, last4, created_at_ms AS createdAtMs, expires_at_ms AS expiresAtMs,
  revoked_at_ms AS revokedAtMs, tenant, team, user, role, models, routes, tools, ips, retiring, limits, profile,
  metadata, budget`;
const INSERT = `INSERT INTO keys (id, name, hash, last4, created_at_ms, expires_at_ms, revoked_at_ms, tenant, team, user,
  role, models, routes, tools, ips, retiring, limits, profile, metadata, budget)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

type JsonColumn = 'models' | 'routes' | 'tools' | 'ips' | 'retiring' | 'limits' | 'metadata' | 'budget';
type KeyColumns = Columns<Omit<KeyRecord, JsonColumn>> & { readonly [Name in JsonColumn]: string | null };

/** The keys of an open, migrated database. Every method throws `storage_unavailable` when the database fails. */
export function createKeyRepository(database: DatabaseSync): KeyRepository {
  const insert = database.prepare(INSERT);
  const list = database.prepare(`SELECT ${COLUMNS} FROM keys ORDER BY created_at_ms, id`);
  const listOf = database.prepare(`SELECT ${COLUMNS} FROM keys WHERE tenant = ? ORDER BY created_at_ms, id`);
  const find = database.prepare(`SELECT ${COLUMNS} FROM keys WHERE id = ?`);
  const exists = database.prepare('SELECT 1 FROM keys WHERE id = ?');
  const revoke = database.prepare('UPDATE keys SET revoked_at_ms = ? WHERE id = ? AND revoked_at_ms IS NULL');
  const version = database.prepare('SELECT version FROM keys_version');
  const rotate = prepareRotate(database);

  return {
    insert: (record) => guarded(() => void insert.run(...toValues(record))),
    list: (tenant) => guarded(() => (tenant === undefined ? list.all() : listOf.all(tenant)).map(toKeyRecord)),
    find: (id) =>
      guarded(() => {
        const columns = find.get(id);
        return columns && toKeyRecord(columns);
      }),
    revoke: (id, atMs) => guarded(() => revoke.run(atMs, id).changes > 0 || exists.get(id) !== undefined),
    rotate: (id, rotation) => guarded(() => rotate(id, rotation)),
    version: () => guarded(() => Number(version.get()?.['version'])),
  };
}

function prepareRotate(database: DatabaseSync): (id: string, rotation: Rotation) => boolean {
  const read = database.prepare('SELECT hash, last4, retiring FROM keys WHERE id = ? AND revoked_at_ms IS NULL');
  const write = database.prepare('UPDATE keys SET hash = ?, last4 = ?, retiring = ? WHERE id = ?');
  return (id, { hash, last4, atMs, oldUntilMs }) => {
    let found = false;
    transact(database, () => {
      const now = read.get(id) as { hash: string; last4: string; retiring: string | null } | undefined;
      if (!now) return;
      const earlier = fromJson<readonly RetiringSecret[]>(now.retiring) ?? [];
      // No earlier one outlives the one that it made way for: a rotation with a short grace ends them all.
      const kept = earlier.map((one) => ({ ...one, untilMs: Math.min(one.untilMs, oldUntilMs) }));
      const retiring = [...kept, { hash: now.hash, last4: now.last4, untilMs: oldUntilMs }];
      write.run(hash, last4, toJson(retiring.filter(({ untilMs }) => untilMs > atMs)), id);
      found = true;
    });
    return found;
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
    record.tenant,
    record.team ?? null,
    record.user ?? null,
    record.role,
    toJson(record.models),
    toJson(record.routes),
    toJson(record.tools),
    toJson(record.ips),
    toJson(record.retiring),
    toJson(record.limits),
    record.profile ?? null,
    toJson(record.metadata),
    toJson(record.budget),
  ];
}

function toKeyRecord(row: Record<string, SQLOutputValue>): KeyRecord {
  const { models, routes, tools, ips, retiring, limits, metadata, budget, ...rest } = row as KeyColumns;
  return toRecord<KeyRecord>({
    ...rest,
    models: fromJson<NonNullable<KeyRecord['models']>>(models),
    routes: fromJson<NonNullable<KeyRecord['routes']>>(routes),
    tools: fromJson<NonNullable<KeyRecord['tools']>>(tools),
    ips: fromJson<NonNullable<KeyRecord['ips']>>(ips),
    retiring: fromJson<NonNullable<KeyRecord['retiring']>>(retiring),
    limits: fromJson<NonNullable<KeyRecord['limits']>>(limits),
    metadata: fromJson<NonNullable<KeyRecord['metadata']>>(metadata),
    budget: fromJson<NonNullable<KeyRecord['budget']>>(budget),
  });
}
