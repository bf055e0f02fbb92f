import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryPath, temporaryStore } from './__fixtures__/temporary-store.js';
import { openSqliteStore } from './index.js';
import { MIGRATIONS, migrate } from './migrations.js';

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
});
