import type { DirectoryChange, DirectoryKey, DirectoryKind, DirectoryRecords } from '@sluice/contract';
import { withoutNulls } from '@sluice/toolkit';
import { columnOf } from '../column-names.js';
import type { Sql } from '../connection.js';

/** Fields by name; a column is called as its field is, in the words of SQL. */
interface Table<R> {
  /** Those by which a row is found come first. */
  readonly plain: readonly (keyof R & string)[];
  /** Those that hold JSON. */
  readonly json: readonly (keyof R & string)[];
  /** How many of the first a row is found by. */
  readonly keys: 1 | 2;
}

const NAMED = ['id', 'name', 'createdAtMs', 'disabledAtMs'] as const;
const OF_KEYS = ['hash', 'last4', 'expiresAtMs', 'revokedAtMs', 'tenant', 'team', 'user', 'role', 'profile'] as const;

/** In an order in which nothing is read before what it names. */
const TABLES: { readonly [Kind in DirectoryKind]: Table<DirectoryRecords[Kind]> } = {
  orgs: { keys: 1, plain: NAMED, json: ['metadata'] },
  teams: { keys: 1, plain: [...NAMED, 'org'], json: ['metadata'] },
  users: {
    keys: 1,
    plain: [...NAMED, 'org', 'team', 'kind', 'role', 'email', 'subject', 'issuer'],
    json: ['metadata'],
  },
  keys: {
    keys: 1,
    plain: ['id', 'name', 'createdAtMs', ...OF_KEYS],
    json: ['models', 'routes', 'tools', 'ips', 'retiring', 'limits', 'budget', 'metadata'],
  },
  settings: { keys: 2, plain: ['kind', 'name', 'changedAtMs'], json: ['value'] },
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
  const { plain, json } = tableOf(of);
  const columns = [...plain, ...json].map((field) => `"${columnOf(field)}" AS "${field}"`);
  const rows = await sql.query<Record<string, unknown>>(
    `SELECT ${columns.join(', ')} FROM sluice.${of} WHERE version > $1`,
    [after],
  );
  return rows.map((row) => toChange(of, row));
}

function toChange(of: DirectoryKind, row: Record<string, unknown>): DirectoryChange {
  const { plain, keys } = tableOf(of);
  const key = plain.slice(0, keys).map((field) => String(row[field]));
  return { of, key, record: withoutNulls(row) } as unknown as DirectoryChange;
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
  const { plain, json } = tableOf(of);
  const fields = record as unknown as Readonly<Record<string, unknown>>;
  const names = [...[...plain, ...json].map((field) => `"${columnOf(field)}"`), 'version'];
  const values = [...plain.map((field) => fields[field] ?? null), ...json.map((field) => toJson(fields[field]))];
  const keys = keyColumns(of).map((column) => `"${column}"`);
  await sql.query(
    `INSERT INTO sluice.${of} (${names.join(', ')}) VALUES (${names.map((_, index) => `$${index + 1}`).join(', ')})
     ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    [...values, version],
  );
  await sql.query('DELETE FROM sluice.directory_removed WHERE record_of = $1 AND key = $2', [of, [...key]]);
}

function keyColumns(of: DirectoryKind): readonly string[] {
  const { plain, keys } = tableOf(of);
  return plain.slice(0, keys).map(columnOf);
}

function toJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
