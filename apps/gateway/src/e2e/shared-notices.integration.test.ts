import { REDIS_PASSWORD, describeWithPostgres, describeWithRedis } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { startGatewayProcess } from './__fixtures__/gateway.js';
import type { ProcessGateway } from './__fixtures__/gateway.js';
import { assertInvariants } from './__fixtures__/invariants.js';
import { connectTo } from './__fixtures__/open-connection.js';
import { metric } from './__fixtures__/shared.js';

const patient = { timeout: 20_000, interval: 5 };
const ORIGIN = 'https://app.example.com';

async function admin({ url, adminKey }: ProcessGateway, asked: string, body?: object): Promise<unknown> {
  const [method = '', path = ''] = asked.split(' ');
  const answer = await fetch(`${url}/admin/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return text === '' ? undefined : JSON.parse(text);
}

async function preflight({ url }: ProcessGateway): Promise<string | null> {
  const headers = { origin: ORIGIN, 'access-control-request-method': 'POST' };
  const answer = await fetch(`${url}/v1/models`, { method: 'OPTIONS', headers });
  return answer.headers.get('access-control-allow-origin');
}

describeWithPostgres('two gateways with one PostgreSQL', (postgres) => {
  describeWithRedis('and one Redis server', (redis) => {
    const start = async (database: string): Promise<ProcessGateway> => {
      const env = { REDIS_URL: redis.server.url, DATABASE_URL: database };
      // A machine that runs many tests at once is slow, which is no fault of the server.
      const gateway = await startGatewayProcess({ limits: { storeTimeoutMs: 5_000 } }, { env });
      return { ...gateway, secrets: [gateway.key, gateway.adminKey, REDIS_PASSWORD] };
    };

    it('tell each other of keys, organisations, limits, budgets and origins, and each reads its copy anew', async () => {
      const database = await postgres.server.createDatabase();
      await using one = await start(database);
      await using two = await start(database);
      await expect.poll(() => metric(one, 'sluice_redis_gateways'), patient).toBe(2);
      const before = await metric(two, 'sluice_notices_total');
      const shown = async (path: string): Promise<string> => JSON.stringify(await admin(two, `GET ${path}`));

      const { id, key } = (await admin(one, 'POST keys', { name: 'told' })) as { id: string; key: string };
      const { ask } = connectTo(two.url, key);
      await expect.poll(ask, patient).toBe('200 ok');
      await admin(one, 'POST orgs', { id: 'acme', name: 'Acme' });
      await expect.poll(() => shown('orgs'), patient).toContain('acme');
      await admin(one, 'POST limits', { scope: 'org:acme', requestsPerMinute: 5 });
      await expect.poll(() => shown('limits'), patient).toContain('"requestsPerMinute":5');
      await admin(one, 'POST budgets', { name: 'default', usd: 5, window: '30d' });
      await expect.poll(() => shown('budgets'), patient).toContain('"usd":5');
      await admin(one, 'POST cors', { origins: [ORIGIN], credentials: true });
      await expect.poll(() => preflight(two), patient).toBe(ORIGIN);
      await admin(one, `DELETE keys/${id}`);
      await expect.poll(ask, patient).toBe('401 revoked_api_key');

      await expect.poll(() => metric(two, 'sluice_notices_total'), patient).toBeGreaterThanOrEqual(before + 6);
      for (const gateway of [one, two]) await assertInvariants({ gateway });
    });
  });
});
