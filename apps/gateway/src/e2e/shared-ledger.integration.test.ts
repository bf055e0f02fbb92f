import { describeWithPostgres } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { percentile } from './__fixtures__/even-load.js';
import type { RemoteGateway } from './__fixtures__/gateway.js';
import { readRows } from './__fixtures__/killed.js';
import {
  FROZEN,
  KILLED,
  availability,
  serveThrough,
  startMachine,
  sumsInPostgres,
} from './__fixtures__/shared-ledger.js';

const ask = async ({ call }: RemoteGateway, words: string): Promise<string | null> => {
  const answer = await call('/v1/chat/completions', { model: 'fast', messages: [{ role: 'user', content: words }] });
  await answer.text();
  return answer.headers.get('x-sluice-decision');
};
const list = ({ url, adminKey }: RemoteGateway): Promise<Response> =>
  fetch(`${url}/admin/v1/requests`, { headers: { authorization: `Bearer ${adminKey}` } });

describeWithPostgres('the ledgers of two machines with DATABASE_URL', (postgres) => {
  it('come together, each row as its own machine has it, and both machines show all', async () => {
    const url = await postgres.server.createDatabase();
    await using first = await startMachine(url);
    await using second = await startMachine(url);
    const ids = [await ask(first, 'One.'), await ask(second, 'Two, nul \u0000.'), await ask(first, 'Three.')];

    await expect.poll(async () => (await sumsInPostgres(postgres.server, url)).settled).toBe(3);
    for (const machine of [first, second]) {
      const rows = await machine.rows();
      expect(rows.map(({ id }) => id)).toEqual(ids.toReversed());
      const own = readRows(machine.folder);
      expect(own.length).toBeGreaterThan(0);
      for (const { id, settlement } of own) {
        expect(rows.find((row) => row.id === id)).toMatchObject({
          state: 'settled',
          costMicroUsd: settlement?.costMicroUsd,
        });
      }
    }
  });

  it('are shown as far as the machine itself has them while PostgreSQL is away, and the answer and the health say so', async () => {
    const url = await postgres.server.createDatabase();
    await using machine = await startMachine(url);
    await ask(machine, 'One.');
    expect((await list(machine)).headers.get('x-sluice-rows')).toBeNull();
    await postgres.server.kill();
    await ask(machine, 'Two.');
    await expect.poll(async () => (await list(machine)).headers.get('x-sluice-rows')).toBe('own-machine');
    expect(await machine.rows()).toHaveLength(2);
    const health = await fetch(`${machine.url}/health/providers`, {
      headers: { authorization: `Bearer ${machine.adminKey}` },
    });
    expect(await health.json()).toMatchObject({
      state: 'degraded',
      ledger: { state: 'degraded', postgres: { backlog: 2 } },
    });
    await postgres.server.start();
    await expect.poll(async () => (await sumsInPostgres(postgres.server, url)).settled).toBe(2);
  });

  it.each([
    ['killed', KILLED],
    ['frozen', FROZEN],
  ])('lose nothing and keep nobody waiting while PostgreSQL is %s', async (_name, fault) => {
    const { calls, waiting, local, remote } = await serveThrough(postgres.server, {
      ...fault,
      rate: 40,
      forMs: 1_500,
      aroundMs: 500,
    });
    expect(availability(calls)).toBe(1);
    expect(waiting).toBeGreaterThan(40);
    expect(local).toEqual({ rows: calls.length, settled: calls.length, microUsd: local.microUsd });
    expect(local.microUsd).toBeGreaterThan(0);
    expect(remote).toEqual(local);
    expect(
      percentile(
        calls.map(({ tookMs }) => tookMs),
        0.5,
      ),
    ).toBeLessThan(100);
  });
});
