import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type {
  OrgRecord,
  RecordRepository,
  TeamRecord,
  TenancyRepository,
  Tenanted,
  UserRecord,
} from '@sluice/contract';
import { toRecord } from './columns.js';
import type { Columns } from './columns.js';
import { guarded } from './failure.js';
import { fromJson, toJson } from './json-column.js';
import { transact } from './transact.js';

/** Columns by the names that their fields have in a record; the id comes first. */
type Fields<R> = readonly (readonly [field: keyof R & string, column: string])[];

const NAMED = [
  ['id', 'id'],
  ['name', 'name'],
  ['createdAtMs', 'created_at_ms'],
  ['disabledAtMs', 'disabled_at_ms'],
  ['metadata', 'metadata'],
] as const;
const TEAM: Fields<TeamRecord> = [...NAMED, ['org', 'org']];
const USER: Fields<UserRecord> = [
  ...TEAM,
  ['team', 'team'],
  ['kind', 'kind'],
  ['role', 'role'],
  ['email', 'email'],
  ['subject', 'subject'],
  ['issuer', 'issuer'],
];

interface Shape<R> {
  readonly table: 'orgs' | 'teams' | 'users';
  readonly fields: Fields<R>;
  /** The column that says to which organisation a row belongs. */
  readonly org: 'id' | 'org';
  /** What ends with a row, in order; `:id` is its id and `:at` the time. */
  readonly ending: readonly string[];
}

const REVOKE = 'UPDATE keys SET revoked_at_ms = :at WHERE revoked_at_ms IS NULL AND';
const ORGS: Shape<OrgRecord> = {
  table: 'orgs',
  fields: NAMED,
  org: 'id',
  ending: [`${REVOKE} tenant = :id`, 'DELETE FROM users WHERE org = :id', 'DELETE FROM teams WHERE org = :id'],
};
const TEAMS: Shape<TeamRecord> = {
  table: 'teams',
  fields: TEAM,
  org: 'org',
  ending: [`${REVOKE} team = :id`, 'UPDATE users SET team = NULL WHERE team = :id'],
};
const USERS: Shape<UserRecord> = { table: 'users', fields: USER, org: 'org', ending: [`${REVOKE} user = :id`] };

/** Who there is, in an open, migrated database. Every method throws `storage_unavailable` when the database fails. */
export function createTenancyRepository(database: DatabaseSync): TenancyRepository {
  return {
    orgs: createRecords(database, ORGS),
    teams: createRecords(database, TEAMS),
    users: createRecords(database, USERS),
  };
}

function createRecords<R extends Tenanted>(database: DatabaseSync, shape: Shape<R>): RecordRepository<R> {
  const { table, fields, org } = shape;
  const columns = fields.map(([, column]) => column);
  const select = `SELECT ${fields.map(([field, column]) => `${column} AS ${field}`).join(', ')} FROM ${table}`;
  const insert = database.prepare(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
     ON CONFLICT (id) DO NOTHING`,
  );
  const list = database.prepare(`${select} ORDER BY created_at_ms, id`);
  const listOf = database.prepare(`${select} WHERE ${org} = ? ORDER BY created_at_ms, id`);
  const find = database.prepare(`${select} WHERE id = ?`);
  const update = database.prepare(
    `UPDATE ${table} SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`,
  );
  const remove = prepareRemove(database, shape);
  return {
    insert: (record) => guarded(() => insert.run(...toValues(record, fields)).changes > 0),
    list: (id) => guarded(() => (id === undefined ? list.all() : listOf.all(id)).map((row) => fromRow<R>(row))),
    find: (id) =>
      guarded(() => {
        const row = find.get(id);
        return row && fromRow<R>(row);
      }),
    update: (record) => guarded(() => update.run(...toValues(record, fields), record.id).changes > 0),
    remove: (id, atMs) => guarded(() => remove(id, atMs)),
  };
}

function prepareRemove<R>(database: DatabaseSync, { table, ending }: Shape<R>): (id: string, atMs: number) => boolean {
  return (id, atMs) => {
    let found = false;
    transact(database, () => {
      found = database.prepare(`DELETE FROM ${table} WHERE id = ?`).run(id).changes > 0;
      if (!found) return;
      for (const statement of ending) {
        const named: Record<string, SQLInputValue> = { ':id': id };
        if (statement.includes(':at')) named[':at'] = atMs;
        database.prepare(statement).run(named);
      }
    });
    return found;
  };
}

function toValues<R>(record: R, fields: Fields<R>): SQLInputValue[] {
  return fields.map(([field]) => {
    const value: unknown = record[field];
    return field === 'metadata' ? toJson(value) : ((value ?? null) as SQLInputValue);
  });
}

function fromRow<R extends Tenanted>(row: Record<string, SQLOutputValue>): R {
  const { metadata } = row as { readonly metadata: string | null };
  return toRecord<R>({ ...row, metadata: fromJson(metadata) } as unknown as Columns<R>);
}
