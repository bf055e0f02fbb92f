import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeUpstream, reply } from '@sluice/testkit';
import type { FakeUpstream } from '@sluice/testkit';
import { createSealer } from '@sluice/toolkit';
import { randomBytes } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ADMIN_KEY } from '../__fixtures__/admin-key.js';
import { runForeignSql } from '../__fixtures__/foreign-sql.js';
import { openDataDir } from '../data-dir.js';
import { attachTo, startGateway } from './__fixtures__/gateway.js';
import type { RemoteGateway } from './__fixtures__/gateway.js';
import { assertInvariants } from './__fixtures__/invariants.js';
import { startProcess } from './__fixtures__/process.js';

const FILE_KEY = 'file-key-0123456789-abcdefghij';
const NEW_KEY = 'new-key-9876543210-zyxwvutsrq';
const CHAT = { model: 'up/m', messages: [{ role: 'user', content: 'Hi' }] };
const ANSWER = { id: 'a', object: 'chat.completion', created: 1, model: 'm', choices: [], usage: {} };

async function upstream(): Promise<FakeUpstream> {
  const made = await fakeUpstream(reply().json({ data: [] }), reply().json(ANSWER));
  onTestFinished(() => made.close());
  return made;
}

const configFor = ({ url }: FakeUpstream) => ({
  providers: {
    up: {
      kind: 'openai-compatible',
      baseUrl: `${url}/v1`,
      apiKey: { env: 'UP_KEY' },
      allowPrivateNetwork: true,
    },
    keyless: { kind: 'openai-compatible', baseUrl: `${url}/v1`, allowPrivateNetwork: true },
  },
});

function operator({ url, adminKey }: Pick<RemoteGateway, 'url' | 'adminKey'>) {
  const headers = { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' };
  return {
    list: async () => (await (await fetch(`${url}/admin/v1/providers`, { headers })).json()) as { data: unknown[] },
    set: (name: string, body: object) =>
      fetch(`${url}/admin/v1/providers/${name}/key`, { method: 'POST', headers, body: JSON.stringify(body) }),
    reset: (name: string) => fetch(`${url}/admin/v1/providers/${name}/key`, { method: 'DELETE', headers }),
  };
}

/** The key with which the upstream was asked last. */
async function keyOfNextCall(gateway: RemoteGateway, { requests }: FakeUpstream): Promise<string | undefined> {
  const answer = await gateway.call('/v1/chat/completions', CHAT);
  await answer.arrayBuffer();
  return requests.at(-1)?.headers['authorization']?.toString().replace('Bearer ', '');
}

describe('a key of a provider that is set at run time', () => {
  it("is used at once in place of the file's, is shown by its end only, and goes again", async () => {
    const up = await upstream();
    const gateway = await startGateway(configFor(up), { UP_KEY: FILE_KEY });
    const { list, set, reset } = operator(gateway);
    expect(await keyOfNextCall(gateway, up)).toBe(FILE_KEY);
    const answer = await set('up', { apiKey: NEW_KEY });
    const text = await answer.text();
    expect([answer.status, JSON.parse(text)]).toEqual([
      200,
      {
        name: 'up',
        kind: 'openai-compatible',
        baseUrl: `${up.url}/v1`,
        keys: [
          {
            key: 0,
            source: 'database',
            reference: 'env UP_KEY',
            last4: 'tsrq',
            changedAt: expect.any(String) as string,
          },
        ],
      },
    ]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await keyOfNextCall(gateway, up)).toBe(NEW_KEY);
    expect(JSON.stringify(await list())).not.toContain(NEW_KEY.slice(0, 12));
    expect((await reset('up')).status).toBe(204);
    expect(await keyOfNextCall(gateway, up)).toBe(FILE_KEY);
    await assertInvariants({ gateway: { ...gateway, secrets: [...gateway.secrets, NEW_KEY] }, upstreams: [up] });
    await gateway.close();
  });

  it.each([
    { name: 'nobody', body: { apiKey: NEW_KEY }, status: 404, error: { code: 'not_found', param: null } },
    { name: 'keyless', body: { apiKey: NEW_KEY }, status: 400, error: { code: 'invalid_value', param: 'key' } },
    { name: 'up', body: { apiKey: NEW_KEY, key: 1 }, status: 400, error: { code: 'invalid_value', param: 'key' } },
    { name: 'up', body: {}, status: 400, error: { code: 'missing_required_parameter', param: 'apiKey' } },
    { name: 'up', body: { apiKey: 'k'.repeat(15) }, status: 400, error: { code: 'invalid_value', param: 'apiKey' } },
    { name: 'up', body: { apiKey: '' }, status: 400, error: { code: 'invalid_value', param: 'apiKey' } },
    { name: 'up', body: { apiKey: `${NEW_KEY}\n` }, status: 400, error: { code: 'invalid_value', param: 'apiKey' } },
    { name: 'up', body: { apiKey: [NEW_KEY] }, status: 400, error: { code: 'invalid_type', param: 'apiKey' } },
    {
      name: 'up',
      body: { apiKey: NEW_KEY, x: NEW_KEY },
      status: 400,
      error: { code: 'unknown_parameter', param: 'x' },
    },
  ])(
    'of $name is refused with $status, and the key is not in the answer (L-11)',
    async ({ name, body, status, error }) => {
      const gateway = await startGateway(configFor(await upstream()), { UP_KEY: FILE_KEY });
      const answer = await operator(gateway).set(name, body);
      const text = await answer.text();
      await gateway.close();
      expect([answer.status, JSON.parse(text)]).toMatchObject([status, { error }]);
      expect(text).not.toContain(NEW_KEY.slice(0, 12));
    },
  );

  it('is sealed in the database: what was sealed for another purpose or name is refused (J-20)', async () => {
    const up = await upstream();
    const gateway = await startGateway(configFor(up), { UP_KEY: FILE_KEY });
    const data = join(gateway.folder, 'data');
    const { keyPepper: root } = openDataDir(data);
    const sealed = (purpose: string, about: string): string =>
      createSealer({ root, purpose, random: randomBytes }).seal(NEW_KEY, about);
    const put = (text: string): void =>
      runForeignSql(
        join(data, 'sluice.db'),
        `INSERT OR REPLACE INTO settings VALUES ('provider-key', 'up#0', '${JSON.stringify({ sealed: text })}', 1)`,
      );
    const refusals = (): number => gateway.logText().split('sealed key cannot be opened').length - 1;
    for (const text of [sealed('session', 'up#0'), sealed('provider-key', 'other#0'), NEW_KEY]) {
      const before = refusals();
      put(text);
      const used = new Set<string | undefined>();
      const askedOnce = async (): Promise<number> => {
        used.add(await keyOfNextCall(gateway, up));
        return refusals();
      };
      await expect.poll(askedOnce, { interval: 50 }).toBeGreaterThan(before);
      expect([...used]).toEqual([FILE_KEY]);
    }
    put(sealed('provider-key', 'up#0'));
    await expect.poll(() => keyOfNextCall(gateway, up), { timeout: 1_000, interval: 50 }).toBe(NEW_KEY);
    await gateway.close();
  });
});

it('a key set in one process is used by the other within a second, and by the next start', async () => {
  const up = await upstream();
  const cwd = mkdtempSync(join(tmpdir(), 'sluice-keys-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  writeFileSync(join(cwd, 'sluice.yaml'), JSON.stringify(configFor(up)));
  const env = { SLUICE_ADMIN_KEY: ADMIN_KEY, UP_KEY: FILE_KEY };
  const start = () => attachTo(startProcess({ cwd, env }), { cwd });
  await using first = await start();
  await using second = await start();
  expect(await keyOfNextCall(second, up)).toBe(FILE_KEY);
  await operator(first).set('up', { apiKey: NEW_KEY });
  await expect.poll(() => keyOfNextCall(second, up), { timeout: 1_000, interval: 50 }).toBe(NEW_KEY);
  await using third = await start();
  expect(await keyOfNextCall(third, up)).toBe(NEW_KEY);
});
