import type { DirectoryChange, DirectoryMark } from '@sluice/contract';
import type { Sql } from '../connection.js';
import { writeChanges } from './tables.js';

/** Makes the changes, and with them the next version. */
export async function change(
  sql: Sql,
  { version }: Pick<DirectoryMark, 'version'>,
  changes: readonly DirectoryChange[],
): Promise<DirectoryMark> {
  const next = version + 1;
  await writeChanges(sql, changes, next);
  const [made] = await sql.query<{ token: string }>(
    'INSERT INTO sluice.directory_versions VALUES ($1, gen_random_uuid()::text) RETURNING token',
    [next],
  );
  const token = made?.token ?? '';
  await sql.query('UPDATE sluice.directory SET version = $1, token = $2', [next, token]);
  return { version: next, token };
}

/** Whether the database has been there: not so where it was put back, and went on otherwise. */
export async function wasAt(sql: Sql, { version, token }: DirectoryMark): Promise<boolean> {
  const found = await sql.query('SELECT FROM sluice.directory_versions WHERE version = $1 AND token = $2', [
    version,
    token,
  ]);
  return found.length > 0;
}
