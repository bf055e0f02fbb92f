import { timed } from '@sluice/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { ADMIN_KEY } from '../__fixtures__/admin-key.js';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';
import { attachTo } from './__fixtures__/gateway.js';
import type { ProcessGateway } from './__fixtures__/gateway.js';
import { connectTo } from './__fixtures__/open-connection.js';
import { startProcess } from './__fixtures__/process.js';

async function start(cwd: string): Promise<ProcessGateway> {
  const sluice = startProcess({ cwd, env: { SLUICE_ADMIN_KEY: ADMIN_KEY } });
  onTestFinished(() => sluice.stop('SIGKILL').then(() => undefined));
  return attachTo(sluice, { cwd });
}

async function untilRefused(ask: () => Promise<string>, code: string): Promise<number> {
  return (await timed(() => expect.poll(ask, { interval: 10 }).toBe(`401 ${code}`))).tookMs;
}

it('A-31 G25 J-15: a revoked key is refused by every process within a second, also on open connections', async () => {
  const cwd = temporaryDir();
  const gateways = [await start(cwd), await start(cwd)] as const;
  const { url } = gateways[0];
  const headers = { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' };
  const make = async (input: object) => {
    const body = JSON.stringify({ name: 'leaked', ...input });
    const made = await fetch(`${url}/admin/v1/keys`, { method: 'POST', headers, body });
    return (await made.json()) as { readonly id: string; readonly key: string };
  };
  await fetch(`${url}/admin/v1/teams`, { method: 'POST', headers, body: '{"id":"search","name":"Search"}' });
  await fetch(`${url}/admin/v1/orgs`, { method: 'POST', headers, body: '{"id":"acme","name":"Acme"}' });
  await fetch(`${url}/admin/v1/users`, { method: 'POST', headers, body: '{"id":"ada","name":"Ada"}' });
  const leaked = await make({});
  const keys = [leaked, await make({ team: 'search' }), await make({ org: 'acme' }), await make({ user: 'ada' })];
  const connections = gateways.flatMap((gateway) => keys.map(({ key }) => connectTo(gateway.url, key)));
  for (const { ask } of connections) await expect.poll(ask, { interval: 50 }).toBe('200 ok');

  await fetch(`${url}/admin/v1/keys/${leaked.id}`, { method: 'DELETE', headers });
  for (const path of ['teams/search', 'orgs/acme', 'users/ada']) {
    await fetch(`${url}/admin/v1/${path}`, { method: 'POST', headers, body: '{"disabled":true}' });
  }
  const tookMs = await Promise.all(connections.map(({ ask }) => untilRefused(ask, 'revoked_api_key')));

  expect(Math.max(...tookMs)).toBeLessThan(1_000);
  expect(connections.map((connection) => connection.connections())).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
});
