import type { Sql } from './connection.js';

/** Of the lock under which one machine migrates while others wait: any number that nobody else takes. */
const LOCK = 7_553_849_013;
/** How long a step may take, and the machine that another one waits for. */
export const MIGRATE_WITHIN_MS = 60_000;

/**
 * Brings the schema to the newest step, all steps in one transaction: the one that `sql` is. Several machines may do it at
 * once: the first does the work. Throws, and changes nothing, where a newer release has migrated.
 */
export async function migrate(sql: Sql, steps: readonly string[]): Promise<void> {
  if ((await readVersion(sql)) === steps.length) return;
  await sql.query(`SET LOCAL statement_timeout = ${MIGRATE_WITHIN_MS}`);
  await sql.query(`SELECT pg_advisory_xact_lock(${LOCK})`);
  const version = await readVersion(sql);
  if (version === undefined) await makeSchema(sql);
  if (version !== undefined && version > steps.length) {
    throw new Error(`its schema is version ${version}, newer than this release knows (${steps.length})`);
  }
  for (const step of steps.slice(version ?? 0)) await sql.query(step);
  await sql.query(`UPDATE sluice.schema_version SET version = ${steps.length}`);
}

/** Nothing where no release of ours has been. */
async function readVersion(sql: Sql): Promise<number | undefined> {
  // `to_regclass` would tell what it knew before the wait for the lock.
  const [found] = await sql.query<{ found: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'sluice' AND tablename = 'schema_version') AS found`,
  );
  if (found?.found !== true) return undefined;
  const [row] = await sql.query<{ version: number }>('SELECT version FROM sluice.schema_version');
  return row?.version;
}

/** Who may make no schema may use one that was made for them. */
async function makeSchema(sql: Sql): Promise<void> {
  const [found] = await sql.query<{ found: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'sluice') AS found`,
  );
  if (found?.found !== true) await sql.query('CREATE SCHEMA sluice');
  await sql.query(
    'CREATE TABLE sluice.schema_version (version INTEGER NOT NULL); INSERT INTO sluice.schema_version VALUES (0)',
  );
}
