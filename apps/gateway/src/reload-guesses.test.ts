import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryDir } from './__fixtures__/temporary-dir.js';
import { createGateway } from './index.js';
import type { GatewayConfig } from './index.js';

const config = (more: GatewayConfig, limit = 2): GatewayConfig => ({
  auth: { failures: { limit } },
  telemetry: { logs: { level: 'error' } },
  ...more,
});

it('a change of limits and budgets forgets no guess at keys; one of the rules for them does', async () => {
  const gateway = createGateway(config({}), { dataDir: temporaryDir(), env: {} });
  const server = createServer((req, res) => void gateway.handle(req, res)).listen(0, '127.0.0.1');
  onTestFinished(async () => {
    server.close();
    await gateway.close();
  });
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/models`;
  const guess = async () => (await fetch(url, { headers: { authorization: 'Bearer sk-sluice-nobody' } })).status;
  expect([await guess(), await guess(), await guess()]).toEqual([401, 401, 429]);
  gateway.reload(config({ budgets: { default: { usd: 1 } }, limits: { scopes: { 'org:*': { concurrent: 9 } } } }));
  expect(await guess()).toBe(429);
  gateway.reload(config({}, 3));
  expect(await guess()).toBe(401);
});
