import type { SpendRow } from '@sluice/contract';
import { describeWithPostgres, spendSuite } from '@sluice/testkit';
import type { LedgerContents } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { parcelOf } from './__fixtures__/ledger.js';
import { openDatabase } from './__fixtures__/open.js';
import { createLedgerArchive, createPostgresSpend } from './index.js';

const NEVER = new AbortController().signal;
const GROUPS = 1_000;

/** Requests of a micro-USD each, a key each. */
function contentsOf(requests: number, change: object = {}): LedgerContents {
  const ids = Array.from({ length: requests }, (_, n) => `row-${n}`);
  return {
    intents: ids.map((id, n) => ({
      ...{ id, startedAtMs: 1_700_000_000_000 + n, keyId: `key-${String(n).padStart(5, '0')}`, tenant: 'default' },
      ...{ route: '/', requestedModel: 'fast', stream: false, ...change },
    })),
    settlements: ids.map((id) => ({
      ...{ id, settledAtMs: 1, status: 200, attempts: [], inputTokens: 1, outputTokens: 1, cachedTokens: 0 },
      ...{ usageSource: 'provider', durationMs: 1, costMicroUsd: 1 },
    })),
  };
}

describeWithPostgres('what was spent on all machines', (postgres) => {
  const open = async (contents: LedgerContents, machines = ['m-1']) => {
    const database = await openDatabase(postgres.server);
    const archive = createLedgerArchive(database);
    for (const machine of machines) await archive.take(parcelOf(contents, machine));
    return { database, spend: createPostgresSpend(database) };
  };

  spendSuite('PostgreSQL', async (contents) => {
    const { spend } = await open(contents);
    return spend;
  });

  it('is summed over machines, also where two of them have rows with the same id', async () => {
    const { spend } = await open(contentsOf(3), ['m-1', 'm-2']);
    expect(await spend.total({}, NEVER)).toMatchObject({ requests: 6, costMicroUsd: 6 });
  });

  it('has what was adjusted, of each machine its own', async () => {
    const { database, spend } = await open(contentsOf(2), ['m-1', 'm-2']);
    const [id = ''] = contentsOf(1).intents.map((intent) => intent.id);
    const adjustment = {
      machine: 'm-2',
      id: `${id}#1`,
      request_id: id,
      made_at_ms: 1,
      micro_usd: 40,
      price_version: 'v',
    };
    const nothing = parcelOf({ intents: [], settlements: [] });
    await createLedgerArchive(database).take({ ...nothing, adjustments: JSON.stringify([adjustment]) });
    expect(await spend.total({}, NEVER)).toMatchObject({ requests: 4, costMicroUsd: 44, unpriced: 0 });
    expect(await spend.total({ only: { key: 'key-00001' } }, NEVER)).toMatchObject({ costMicroUsd: 2 });
  });

  it('comes in batches, the server reading on only when the next one is asked for', async () => {
    const { spend } = await open(contentsOf(GROUPS));
    const batches: (readonly SpendRow[])[] = [];
    for await (const batch of spend.rows({ by: ['key'] }, NEVER)) batches.push(batch);
    const keys = batches.flat().map(({ values: [key] }) => key);
    expect([batches.length > 1, keys.length, keys]).toEqual([true, GROUPS, keys.toSorted()]);
  });

  it('lets the next one in when a reader leaves in the middle, or its time is over', async () => {
    const { spend } = await open(contentsOf(GROUPS));
    for (let n = 0; n < 4; n += 1) {
      for await (const batch of spend.rows({ by: ['key'] }, NEVER)) {
        expect(batch.length).toBeGreaterThan(0);
        break;
      }
      const gone = new AbortController();
      const reading = spend.total({}, gone.signal);
      gone.abort(new Error('gone'));
      await expect(reading).rejects.toThrow('gone');
    }
    expect(await spend.total({}, NEVER)).toMatchObject({ requests: GROUPS });
  });

  it('ends on the server too what nobody waits for any more', async () => {
    const { database, spend } = await open(contentsOf(1));
    const gone = new AbortController();
    await database.transaction(async (sql) => {
      await sql.query('LOCK TABLE sluice.ledger_settlements IN ACCESS EXCLUSIVE MODE');
      const waiting = async (): Promise<number> => {
        const rows = await database.query(
          `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
        );
        return rows.length;
      };
      const reading = Promise.allSettled([spend.total({}, gone.signal)]);
      await expect.poll(waiting).toBe(1);
      gone.abort(new Error('gone'));
      expect(await reading).toMatchObject([{ status: 'rejected', reason: { message: 'gone' } }]);
      await expect.poll(waiting).toBe(0);
    });
  });

  it('finds text by what PostgreSQL has in the place of a NUL', async () => {
    const { spend } = await open(contentsOf(2, { tags: ['a\u0000'], team: 'b\u0000' }));
    expect(await spend.total({ only: { tag: 'a\u0000', team: 'b\u0000' } }, NEVER)).toMatchObject({ requests: 2 });
  });

  it('is refused where too many ask', async () => {
    const { spend } = await open(contentsOf(1));
    const gone = new AbortController();
    const waiting = Promise.allSettled(Array.from({ length: 18 }, () => spend.total({}, gone.signal)));
    await expect(spend.total({}, NEVER)).rejects.toMatchObject({ code: 'overloaded' });
    gone.abort(new Error('gone'));
    await waiting;
  });

  it('is not to be had while PostgreSQL is away, and is again when it is back', async () => {
    const { spend } = await open(contentsOf(2));
    await postgres.server.kill();
    await expect(spend.total({}, NEVER)).rejects.toMatchObject({ code: 'storage_unavailable' });
    await postgres.server.start();
    expect(await spend.total({}, NEVER)).toMatchObject({ requests: 2 });
  });

  it('is nothing where nothing was', async () => {
    const { spend } = await open({ intents: [], settlements: [] });
    expect(await spend.total({}, NEVER)).toMatchObject({ requests: 0, costMicroUsd: 0 });
  });
});
