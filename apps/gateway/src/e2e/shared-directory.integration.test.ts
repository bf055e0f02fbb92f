import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithPostgres, timed } from '@sluice/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { ADMIN_KEY } from '../__fixtures__/admin-key.js';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';
import { connectTo } from './__fixtures__/open-connection.js';
import { startProcess } from './__fixtures__/process.js';
import type { SluiceProcess } from './__fixtures__/process.js';

/** In which every machine has to see a change. */
const SEEN_WITHIN_MS = 1_000;
const FILE = `
providers:
  one: { kind: openai-compatible, baseUrl: "http://127.0.0.1:9/v1", allowPrivateNetwork: true, apiKey: { env: ONE_KEY } }
`;

interface Machine {
  readonly url: string;
  readonly process: SluiceProcess;
  readonly cwd: string;
}
interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A machine of its own: nothing but the database and the admin key is shared. */
async function start(database: string, cwd = temporaryDir()): Promise<Machine> {
  writeFileSync(join(cwd, 'sluice.yaml'), FILE);
  const env = { DATABASE_URL: database, SLUICE_ADMIN_KEY: ADMIN_KEY, NODE_ENV: 'production', ONE_KEY: 'k'.repeat(20) };
  const process = startProcess({ cwd, env });
  onTestFinished(() => process.stop('SIGKILL').then(() => undefined));
  return { url: await process.listening(), process, cwd };
}

/** Asks as the operator. */
async function admin({ url }: Machine, asked: string, body?: object): Promise<Answer> {
  const [method = '', path = ''] = asked.split(' ');
  const answer = await fetch(`${url}/admin/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${ADMIN_KEY}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
}

async function made(
  machine: Machine,
  path: string,
  body: object,
): Promise<{ readonly id: string; readonly key: string }> {
  const answer = await admin(machine, `POST ${path}`, body);
  expect([200, 201]).toContain(answer.status);
  return answer.body as { readonly id: string; readonly key: string };
}

const OFTEN = { interval: 10 };

/** What comes about within a second, less what this machine was busy with. */
async function soon(comesAbout: () => Promise<void>): Promise<void> {
  expect((await timed(comesAbout)).tookMs).toBeLessThan(SEEN_WITHIN_MS);
}

describeWithPostgres('two machines with one DATABASE_URL', (postgres) => {
  it('see each change of the other within a second, and refuse its revoked keys on open connections', async () => {
    const url = await postgres.server.createDatabase();
    const [one, two] = [await start(url), await start(url)];
    const stranger = startProcess({ cwd: temporaryDir(), env: { DATABASE_URL: url, NODE_ENV: 'production' } });
    expect(await stranger.exited).toBe(1);
    expect(stranger.output.stderr).toContain('was made with the secret of another machine');

    await made(one, 'orgs', { id: 'acme', name: 'Acme' });
    await made(two, 'teams', { id: 'search', org: 'acme', name: 'Search' });
    await soon(() => expect.poll(() => admin(one, 'GET teams/search'), OFTEN).toMatchObject({ status: 200 }));
    await made(one, 'users', { id: 'ada', team: 'search', name: 'Ada' });
    await soon(() => expect.poll(() => admin(two, 'GET users/ada'), OFTEN).toMatchObject({ status: 200 }));
    const { id, key } = await made(two, 'keys', { name: 'leaked', user: 'ada' });
    const asks = [one, two].map(({ url: at }) => connectTo(at, key).ask);
    for (const ask of asks) await soon(() => expect.poll(ask, OFTEN).toBe('200 ok'));
    await admin(one, `DELETE keys/${id}`);
    for (const ask of asks) await soon(() => expect.poll(ask, OFTEN).toBe('401 revoked_api_key'));

    await admin(two, 'POST limits', { scope: 'team:search', requestsPerMinute: 5 });
    await admin(two, 'POST budgets', { name: 'default', usd: 5, window: '30d' });
    await admin(two, 'POST cors', { origins: ['https://app.example.com'], credentials: true });
    await admin(two, 'POST providers/one/key', { apiKey: 'set-at-run-time-4711' });
    const shown = async (path: string): Promise<string> => JSON.stringify((await admin(one, `GET ${path}`)).body);
    await soon(() => expect.poll(() => shown('limits'), OFTEN).toContain('"requestsPerMinute":5'));
    await soon(() => expect.poll(() => shown('budgets'), OFTEN).toContain('"usd":5'));
    await soon(() => expect.poll(() => shown('cors'), OFTEN).toContain('https://app.example.com'));
    // Sealed by one machine, opened by the other.
    await soon(() => expect.poll(() => shown('providers'), OFTEN).toContain('"last4":"4711"'));
    const preflight = await fetch(`${one.url}/v1/models`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example.com', 'access-control-request-method': 'GET' },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    const { data } = JSON.parse(await shown('audit')) as { readonly data: readonly { readonly action: string }[] };
    expect(data.map(({ action }) => action).toReversed()).toEqual([
      ...['createOrg', 'createTeam', 'createUser', 'createKey', 'revokeKey'],
      ...['setLimits', 'setBudget', 'setCors', 'setProviderKey'],
    ]);
  });

  it('know their keys while the database is killed, change nothing, start from their copies, and recover', async () => {
    const url = await postgres.server.createDatabase();
    const [one, two] = [await start(url), await start(url)];
    const { id, key } = await made(one, 'keys', { name: 'ci' });
    const asks = [one, two].map(({ url: at }) => connectTo(at, key).ask);
    for (const ask of asks) await soon(() => expect.poll(ask, OFTEN).toBe('200 ok'));
    await postgres.server.kill();
    try {
      for (const ask of asks) expect(await ask()).toBe('200 ok');
      for (const [method, path, body] of [
        ['POST', 'keys', { name: 'new' }],
        ['DELETE', `keys/${id}`, undefined],
        ['POST', 'limits', { scope: 'team:search', requestsPerMinute: 5 }],
        ['GET', 'audit', undefined],
      ] as const) {
        const refused = await admin(one, `${method} ${path}`, body);
        expect([path, refused.status, JSON.stringify(refused.body)]).toEqual([
          path,
          503,
          expect.stringContaining('"code":"storage_unavailable"'),
        ]);
      }
      await two.process.stop('SIGKILL');
      const again = await start(url, two.cwd);
      expect(await connectTo(again.url, key).ask()).toBe('200 ok');
      await expect.poll(() => again.process.output.stdout).toContain('database not reached');
    } finally {
      await postgres.server.start();
    }
    await expect.poll(() => admin(one, `DELETE keys/${id}`)).toMatchObject({ status: 204 });
    for (const ask of asks.slice(0, 1)) await soon(() => expect.poll(ask, OFTEN).toBe('401 revoked_api_key'));
  });
});
