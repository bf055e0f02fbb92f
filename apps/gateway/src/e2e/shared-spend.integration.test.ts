import { join } from 'node:path';
import type { SpendSums } from '@sluice/contract';
import { openSqliteStore } from '@sluice/store-sqlite';
import { describeWithPostgres } from '@sluice/testkit';
import type { PostgresServer } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { capturedContext, cli } from '../__fixtures__/cli.js';
import { examplesIn } from '../__fixtures__/pages.js';
import type { RemoteGateway } from './__fixtures__/gateway.js';
import { FROZEN, KILLED, startMachine, sumsInPostgres } from './__fixtures__/shared-ledger.js';
import type { Outage } from './__fixtures__/shared-ledger.js';

const FAULTS: readonly Pick<Outage, 'begin' | 'end'>[] = [FROZEN, KILLED];

async function ask({ call, key }: RemoteGateway, words: string, tags = 'eu'): Promise<void> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'x-sluice-tags': tags };
  const body = { model: 'fast', messages: [{ role: 'user', content: words }], user: words };
  await (await call('/v1/chat/completions', body, { headers })).text();
}

function spent({ url, adminKey }: RemoteGateway, query: string): Promise<Response> {
  return fetch(`${url}/admin/v1/spend?${query}`, { headers: { authorization: `Bearer ${adminKey}` } });
}

interface SpendPage {
  readonly data: readonly { readonly requests: number; readonly costMicroUsd: number }[];
  readonly total: SpendSums;
}

async function readSpent(machine: RemoteGateway, query: string): Promise<SpendPage> {
  return (await (await spent(machine, query)).json()) as SpendPage;
}

/** The sums of the SQLite file of one machine. */
async function ownSums({ folder }: RemoteGateway): Promise<SpendSums> {
  const store = openSqliteStore({ path: join(folder, '.sluice', 'sluice.db') });
  return store.spend.total({}, new AbortController().signal).finally(() => store.close());
}

/** As `sluice` prints it on a machine without a data directory. */
function command(url: string, ...options: readonly string[]) {
  return cli(['spend', ...options], capturedContext({ env: { DATABASE_URL: url } }));
}

/** What the query of docs/ledger.md brings: the sum of each team. */
async function bySql(server: PostgresServer, url: string): Promise<readonly string[]> {
  const [{ text = '' } = {}] = examplesIn('sql').filter(({ path }) => path === 'docs/ledger.md');
  const rows = (await server.sql(url, text)).trim().split('\n');
  return rows.map((row) => row.split('|').at(-1) ?? '');
}

/** Of a machine with three requests of its own, all with one key. */
async function assertOwnSums(machine: RemoteGateway): Promise<void> {
  const json = await spent(machine, 'by=key');
  expect([json.status, json.headers.get('x-sluice-rows')]).toEqual([200, 'own-machine']);
  expect(await json.json()).toMatchObject({ data: [{ requests: 3 }], total: { requests: 3 } });
  const csv = await spent(machine, 'by=key&format=csv');
  expect([csv.status, csv.headers.get('x-sluice-rows')]).toEqual([200, 'own-machine']);
  expect((await csv.text()).split('\r\n')).toHaveLength(3);
}

describeWithPostgres('what two machines with DATABASE_URL have spent', (postgres) => {
  it(
    'is the same whomever one asks, and what their own files add up to; without PostgreSQL, that of the one who is asked',
    { timeout: 180_000 },
    async () => {
      const url = await postgres.server.createDatabase();
      await using first = await startMachine(url);
      await using second = await startMachine(url);
      const words = ['One.', 'Two, two.', 'Three, three, three.'];
      for (const said of words) await ask(first, said);
      for (const said of words.slice(1)) await ask(second, said, 'eu,batch');
      await expect.poll(async () => (await sumsInPostgres(postgres.server, url)).settled).toBe(5);

      const files = await Promise.all([first, second].map(ownSums));
      const byTag = await readSpent(first, 'by=tag,endUser');
      expect(files.map(({ requests, costMicroUsd }) => [requests, costMicroUsd > 0])).toEqual([
        [3, true],
        [2, true],
      ]);
      const costMicroUsd = files.reduce((sum, file) => sum + file.costMicroUsd, 0);
      expect(byTag.total).toMatchObject({ requests: 5, costMicroUsd });
      const twoOf = words.slice(1).toSorted();
      expect(byTag.data).toMatchObject([
        ...twoOf.map((endUser) => ({ tag: 'batch', endUser, requests: 1 })),
        { tag: 'eu', endUser: 'One.', requests: 1 },
        ...twoOf.map((endUser) => ({ tag: 'eu', endUser, requests: 2 })),
      ]);
      expect(await readSpent(second, 'by=tag,endUser')).toEqual(byTag);
      const [usd] = await bySql(postgres.server, url);
      expect(Math.round(Number(usd) * 1e6)).toBe(costMicroUsd);
      const { data, total } = byTag;
      expect(JSON.parse((await command(url, '--by', 'tag,endUser', '--json')).stdout)).toEqual({ data, total });
      const csv = await spent(second, 'by=tag&format=csv');
      expect([csv.headers.get('x-sluice-rows'), (await csv.text()).split('\r\n').length]).toEqual([null, 4]);

      for (const { begin, end } of FAULTS) {
        await begin(postgres.server);
        await assertOwnSums(first);
        expect(await command(url)).toMatchObject({
          code: 1,
          stdout: '',
          stderr: expect.stringContaining('PostgreSQL cannot be used') as string,
        });
        await end(postgres.server);
        await expect.poll(async () => (await readSpent(first, '')).total.requests).toBe(5);
        expect((await spent(first, '')).headers.get('x-sluice-rows')).toBeNull();
      }
    },
  );
});
