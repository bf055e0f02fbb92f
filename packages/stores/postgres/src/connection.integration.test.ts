import { inspect } from 'node:util';
import { POSTGRES_PASSWORD, createManualClock, describeWithPostgres } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { openDatabase } from './__fixtures__/open.js';
import { openPostgres } from './index.js';

const unavailable = (reason: string): unknown =>
  expect.objectContaining({ code: 'storage_unavailable', message: `PostgreSQL cannot be used: ${reason}.` });

describe('the URL of a database', () => {
  it.each(['', 'not a URL', 'mysql://root:pg-canary-5e1b@localhost/db', 'pg-canary-5e1b'])(
    'that is not one of PostgreSQL is refused at once, and not repeated: %j',
    (url) => {
      const open = (): unknown => openPostgres({ url, clock: createManualClock() });
      expect(open).toThrow(/^The URL of the database is not one of PostgreSQL: postgres:/);
      expect(open).not.toThrow(/canary/);
    },
  );
});

describeWithPostgres('a database of PostgreSQL', (postgres) => {
  it('gives 64-bit numbers as numbers, and JSON as what it says', async () => {
    const database = await openDatabase(postgres.server);
    const rows = await database.query('SELECT $1::bigint AS big, $2::jsonb AS json', [
      9_007_199_254_740_991n,
      { a: [1] },
    ]);
    expect(rows).toEqual([{ big: 9_007_199_254_740_991, json: { a: [1] } }]);
  });

  it('commits a transaction whose work resolves, and none whose work throws', async () => {
    const database = await openDatabase(postgres.server);
    await database.query('CREATE TABLE t (id INTEGER)');
    await database.transaction((sql) => sql.query('INSERT INTO t VALUES (1)'));
    const own = new Error('mine');
    const failed = database.transaction(async (sql) => {
      await sql.query('INSERT INTO t VALUES (2)');
      throw own;
    });
    await expect(failed).rejects.toBe(own);
    expect(await database.query('SELECT id FROM t')).toEqual([{ id: 1 }]);
  });

  it('says that a statement took too long, and goes on', async () => {
    const database = await openDatabase(postgres.server, { statementTimeoutMs: 100 });
    await expect(database.query('SELECT pg_sleep(5)')).rejects.toEqual(
      unavailable('it is starting, stopping, or too slow'),
    );
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('names no password in an error, however deep, where the server refuses it', async () => {
    const url = await postgres.server.createDatabase();
    await postgres.server.sql(url, `CREATE ROLE other LOGIN PASSWORD 'another'`);
    const database = await openDatabase(postgres.server, { url: url.replace('sluice:', 'other:') });
    const error: unknown = await database.ready().catch((cause: unknown) => cause);
    expect(error).toEqual(unavailable('it refuses the user or the password'));
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(POSTGRES_PASSWORD);
  });

  it('is used again as soon as a killed server is back, and fails at once until then', async () => {
    const database = await openDatabase(postgres.server);
    await database.ready();
    await postgres.server.kill();
    await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'storage_unavailable' });
    await expect(database.query('SELECT 1')).rejects.toEqual(unavailable('nothing listens there'));
    await postgres.server.start();
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('fails in time while the server is frozen, on connections it has and on new ones, and closes in time', async () => {
    const database = await openDatabase(postgres.server, { statementTimeoutMs: 100, connectTimeoutMs: 300 });
    await database.ready();
    postgres.server.freeze();
    try {
      await expect(database.query('SELECT 1')).rejects.toEqual(unavailable('it does not answer'));
      await expect(database.query('SELECT 1')).rejects.toEqual(unavailable('it does not answer'));
    } finally {
      postgres.server.thaw();
    }
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('refuses every use once it is closed', async () => {
    const database = await openDatabase(postgres.server);
    await database.close();
    await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'storage_unavailable' });
  });
});
