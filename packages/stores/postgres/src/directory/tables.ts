import type { DirectoryChange, DirectoryKey, DirectoryKind, DirectoryRecords } from '@sluice/contract';
import type { Sql } from '../connection.js';

type Column<R> = readonly [field: keyof R & string, column: string, holds?: 'json'];

interface Table<R> {
  /** Those by which a row is found come first. */
  readonly columns: readonly Column<R>[];
  /** How many these are. */
  readonly keys: 1 | 2;
}

const NAMED = [
  ['id', 'id'],
  ['name', 'name'],
  ['createdAtMs', 'created_at_ms'],
  ['disabledAtMs', 'disabled_at_ms'],
  ['metadata', 'metadata', 'json'],
] as const;

/** In an order in which nothing is read before what it names. */
const TABLES: { readonly [Kind in DirectoryKind]: Table<DirectoryRecords[Kind]> } = {
  orgs: { keys: 1, columns: NAMED },
  teams: { keys: 1, columns: [...NAMED, ['org', 'org']] },
  users: {
    keys: 1,
    columns: [
      ...NAMED,
      ['org', 'org'],
      ['team', 'team'],
      ['kind', 'kind'],
      ['role', 'role'],
      ['email', 'email'],
      ['subject', 'subject'],
    ],
  },
  keys: {
    keys: 1,
    columns: [
      ['id', 'id'],
      ['name', 'name'],
      ['hash', 'hash'],
      ['last4', 'last4'],
      ['createdAtMs', 'created_at_ms'],
      ['expiresAtMs', 'expires_at_ms'],
      ['revokedAtMs', 'revoked_at_ms'],
      ['tenant', 'tenant'],
      ['team', 'team'],
      ['user', 'user'],
      ['role', 'role'],
      ['models', 'models', 'json'],
      ['routes', 'routes', 'json'],
      ['tools', 'tools', 'json'],
      ['ips', 'ips', 'json'],
      ['retiring', 'retiring', 'json'],
      ['limits', 'limits', 'json'],
      ['profile', 'profile'],
      ['budget', 'budget', 'json'],
      ['metadata', 'metadata', 'json'],
    ],
  },
  settings: {
    keys: 2,
    columns: [
      ['kind', 'kind'],
      ['name', 'name'],
      ['value', 'value', 'json'],
      ['changedAtMs', 'changed_at_ms'],
    ],
  },
};
const KINDS = Object.keys(TABLES) as readonly DirectoryKind[];
/** Before the first change. */
const NEVER = -1;

/** Whatever the kind: a table is read and written by its own columns alone. */
function tableOf(of: DirectoryKind): Table<Readonly<Record<string, unknown>>> {
  return TABLES[of] as unknown as Table<Readonly<Record<string, unknown>>>;
}

/** Everything that changed after a version; without one, all that there is. */
export async function readChanges(sql: Sql, after = NEVER): Promise<readonly DirectoryChange[]> {
  const changes: DirectoryChange[] = [];
  for (const of of KINDS) changes.push(...(await readTable(sql, of, after)));
  if (after === NEVER) return changes;
  const removed = await sql.query<{ of: DirectoryKind; key: DirectoryKey }>(
    'SELECT record_of AS of, key FROM sluice.directory_removed WHERE version > $1',
    [after],
  );
  // First, for what was removed may have left its name to another.
  return [...removed, ...changes];
}

async function readTable(sql: Sql, of: DirectoryKind, after: number): Promise<readonly DirectoryChange[]> {
  const table = tableOf(of);
  const columns = table.columns.map(([field, column]) => `"${column}" AS "${field}"`);
  const rows = await sql.query<Record<string, unknown>>(
    `SELECT ${columns.join(', ')} FROM sluice.${of} WHERE version > $1`,
    [after],
  );
  return rows.map((row) => toChange(of, row));
}

function toChange(of: DirectoryKind, row: Record<string, unknown>): DirectoryChange {
  const record = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
  const { columns, keys } = tableOf(of);
  const key = columns.slice(0, keys).map(([field]) => String(row[field]));
  return { of, key, record } as unknown as DirectoryChange;
}

/** Makes the changes, as those of `version`. */
export async function writeChanges(sql: Sql, changes: readonly DirectoryChange[], version: number): Promise<void> {
  // What is gone first: another may have taken what has to be one's own, such as a hash.
  for (const change of changes) if (!change.record) await remove(sql, change, version);
  for (const change of changes) if (change.record) await put(sql, change, version);
}

async function remove(sql: Sql, { of, key }: DirectoryChange, version: number): Promise<void> {
  const found = keyColumns(of).map((column, index) => `"${column}" = $${index + 1}`);
  await sql.query(`DELETE FROM sluice.${of} WHERE ${found.join(' AND ')}`, [...key]);
  await sql.query(
    `INSERT INTO sluice.directory_removed VALUES ($1, $2, $3)
     ON CONFLICT (record_of, key) DO UPDATE SET version = excluded.version`,
    [of, [...key], version],
  );
}

async function put(sql: Sql, { of, key, record }: DirectoryChange, version: number): Promise<void> {
  const { columns } = tableOf(of);
  const fields = record as unknown as Readonly<Record<string, unknown>>;
  const names = [...columns.map(([, column]) => `"${column}"`), 'version'];
  const values = columns.map(([field, , holds]) =>
    holds === 'json' ? toJson(fields[field]) : (fields[field] ?? null),
  );
  const keys = keyColumns(of).map((column) => `"${column}"`);
  await sql.query(
    `INSERT INTO sluice.${of} (${names.join(', ')}) VALUES (${names.map((_, index) => `$${index + 1}`).join(', ')})
     ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    [...values, version],
  );
  await sql.query('DELETE FROM sluice.directory_removed WHERE record_of = $1 AND key = $2', [of, [...key]]);
}

function keyColumns(of: DirectoryKind): readonly string[] {
  const { columns, keys } = tableOf(of);
  return columns.slice(0, keys).map(([, column]) => column);
}

function toJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
