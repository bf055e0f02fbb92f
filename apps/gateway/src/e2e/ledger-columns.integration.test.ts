import { join } from 'node:path';
import { openPostgres } from '@sluice/store-postgres';
import { openSqliteStore } from '@sluice/store-sqlite';
import { describeWithPostgres } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';
import { systemClock } from '../system-clock.js';

const TABLES = ['ledger_intents', 'ledger_settlements', 'ledger_prices', 'ledger_adjustments'] as const;
/** Who settles a row matters on its own machine alone; which machine that is, where all of them come together. */
const ONE_SIDED = new Set(['owner', 'machine']);

type Columns = Readonly<Record<string, readonly string[]>>;

const both = (columns: readonly string[]): readonly string[] =>
  columns.filter((name) => !ONE_SIDED.has(name)).toSorted();

function columnsInSqlite(): Columns {
  const path = join(temporaryDir(), 'sluice.db');
  openSqliteStore({ path }).close();
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const database = new DatabaseSync(path, { readOnly: true });
  const read = database.prepare('SELECT name FROM pragma_table_info(?)');
  const columns = TABLES.map((table) => [table, both(read.all(table).map(({ name }) => String(name)))] as const);
  database.close();
  return Object.fromEntries(columns);
}

describeWithPostgres('the ledger', (postgres) => {
  it('has the same columns in SQLite and in PostgreSQL, so that nothing of a row is left behind', async () => {
    const url = await postgres.server.createDatabase();
    const database = openPostgres({ url, clock: systemClock });
    const rows = await database
      .query<{ readonly table_name: string; readonly column_name: string }>(
        `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'sluice'`,
      )
      .finally(() => database.close());
    const inPostgres = TABLES.map(
      (table) => [table, both(rows.flatMap((row) => (row.table_name === table ? [row.column_name] : [])))] as const,
    );
    expect(Object.fromEntries(inPostgres)).toEqual(columnsInSqlite());
    expect(columnsInSqlite()['ledger_intents']).toContain('tags');
  });
});
