import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryPath, temporaryStore } from './__fixtures__/temporary-store.js';
import { openSqliteStore } from './index.js';
import { migrate } from './migrate.js';
import { MIGRATIONS } from './migrations.js';

const STEPS = ['CREATE TABLE first (id TEXT)', 'ALTER TABLE first ADD COLUMN name TEXT'];

function memoryDatabase(): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  onTestFinished(() => database.close());
  return database;
}

const columnsOf = (database: DatabaseSync): unknown[] =>
  database
    .prepare(`SELECT name FROM pragma_table_info('first')`)
    .all()
    .map((row) => row['name']);

const versionOf = (database: DatabaseSync): unknown => database.prepare('PRAGMA user_version').get()?.['user_version'];

describe('migrations', () => {
  it('leave the number of the newest step in the file', () => {
    const path = temporaryPath();
    temporaryStore({ path }).close();
    const database = new DatabaseSync(path);
    onTestFinished(() => database.close());
    expect(versionOf(database)).toBe(MIGRATIONS.length);
  });

  it('apply only the steps that a file lacks', () => {
    const database = memoryDatabase();
    migrate(database, STEPS.slice(0, 1));
    migrate(database, STEPS);
    expect(columnsOf(database)).toEqual(['id', 'name']);
  });

  it('apply all steps or none', () => {
    const database = memoryDatabase();
    expect(() => migrate(database, [...STEPS, 'NOT SQL'])).toThrow(/syntax error/);
    expect([versionOf(database), columnsOf(database)]).toEqual([0, []]);
  });

  it('refuse a file of a newer release', () => {
    const path = temporaryPath();
    temporaryStore({ path }).close();
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(() => openSqliteStore({ path })).toThrow(/schema is version 99, newer than this release knows/);
  });

  it('give back what reservations held, each of which had a row once, but for the money that counts', () => {
    const database = memoryDatabase();
    migrate(database, MIGRATIONS.slice(0, 18));
    const held = (name: string, amount: number, isTaken = true) => ({
      key: name,
      startsAtMs: 0,
      name,
      amount,
      isTaken,
    });
    const rows: Record<string, readonly object[]> = {
      none: [held('spend', 1), held('concurrent', 1)],
      open: [held('spend', 10), held('concurrent', 1)],
      settled: [held('spend', 100_000), held('concurrent', 1)],
      late: [held('spend', 1_000_000, false), held('concurrent', 1, false)],
    };
    const insert = database.prepare('INSERT INTO reservations VALUES (?, 0, 0, ?)');
    for (const [id, each] of Object.entries(rows)) insert.run(id, JSON.stringify(each));
    for (const id of ['open', 'settled', 'late'])
      database
        .prepare(`INSERT INTO ledger_intents VALUES (?, NULL, 0, 'k', 't', 'r', 'm', 0${', NULL'.repeat(8)})`)
        .run(id);
    for (const [id, cost] of [
      ['settled', 7],
      ['late', 9],
    ] as const)
      database
        .prepare(
          `INSERT INTO ledger_settlements (id, settled_at_ms, status, attempts, usage_source, cost_micro_usd)
           VALUES (?, 0, 200, '[]', 'provider', ?)`,
        )
        .run(id, cost);
    database.exec(
      `INSERT INTO counts VALUES ('spend', 0, NULL, 500000), ('concurrent', 0, NULL, 5), ('other', 0, NULL, 3)`,
    );
    migrate(database);
    expect(database.prepare('SELECT key, used FROM counts ORDER BY key').all()).toEqual([
      { key: 'concurrent', used: 2 },
      { key: 'other', used: 3 },
      { key: 'spend', used: 500_000 - 1 - 100_000 + 7_000 + 9_000 },
    ]);
  });
});
