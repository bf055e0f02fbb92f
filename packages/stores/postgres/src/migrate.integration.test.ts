import { describeWithPostgres } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { openDatabase } from './__fixtures__/open.js';
import { MIGRATIONS } from './migrations.js';

const FIRST = 'CREATE TABLE sluice.first (id INTEGER)';
const SECOND = 'ALTER TABLE sluice.first ADD COLUMN name TEXT; INSERT INTO sluice.first VALUES (1, $$one$$)';

describeWithPostgres('migrations of PostgreSQL', (postgres) => {
  it('leave the number of the newest step in the database', async () => {
    const database = await openDatabase(postgres.server);
    expect(await database.query('SELECT version FROM sluice.schema_version')).toEqual([{ version: MIGRATIONS.length }]);
  });

  it('apply only the steps that a database lacks', async () => {
    const url = await postgres.server.createDatabase();
    await (await openDatabase(postgres.server, { url, steps: [FIRST] })).ready();
    const database = await openDatabase(postgres.server, { url, steps: [FIRST, SECOND] });
    expect(await database.query('SELECT * FROM sluice.first')).toEqual([{ id: 1, name: 'one' }]);
  });

  it('apply all steps or none', async () => {
    const url = await postgres.server.createDatabase();
    const broken = await openDatabase(postgres.server, { url, steps: [FIRST, 'NOT SQL'] });
    await expect(broken.ready()).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(await postgres.server.sql(url, `SELECT to_regnamespace('sluice') IS NULL`)).toBe('t');
  });

  it('are done once where ten machines start at the same time', async () => {
    const url = await postgres.server.createDatabase();
    const steps = [FIRST, SECOND];
    const machines = await Promise.all(
      Array.from({ length: 10 }, () => openDatabase(postgres.server, { url, steps, maxConnections: 1 })),
    );
    await Promise.all(machines.map((machine) => machine.ready()));
    expect(await postgres.server.sql(url, 'SELECT count(*) FROM sluice.first')).toBe('1');
  });

  it('refuse a database of a newer release', async () => {
    const url = await postgres.server.createDatabase();
    await (await openDatabase(postgres.server, { url, steps: [FIRST, SECOND] })).ready();
    const older = await openDatabase(postgres.server, { url, steps: [FIRST] });
    await expect(older.ready()).rejects.toMatchObject({
      cause: { message: 'its schema is version 2, newer than this release knows (1)' },
    });
  });

  it('need no right to make a schema where there is one', async () => {
    const url = await postgres.server.createDatabase();
    await postgres.server.sql(
      url,
      `CREATE ROLE humble LOGIN PASSWORD 'pg-canary-5e1b'; CREATE SCHEMA sluice AUTHORIZATION humble`,
    );
    const database = await openDatabase(postgres.server, { url: url.replace('sluice:', 'humble:'), steps: [FIRST] });
    expect(await database.query('SELECT * FROM sluice.first')).toEqual([]);
  });
});
