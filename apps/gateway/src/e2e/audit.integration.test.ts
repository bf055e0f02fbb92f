import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cli, capturedContext } from '../__fixtures__/cli.js';
import { runForeignSql } from '../__fixtures__/foreign-sql.js';
import { startGateway } from './__fixtures__/gateway.js';
import { expectNoSecret } from './__fixtures__/invariants.js';

interface Row {
  readonly id: number;
  readonly action: string;
  readonly object: string;
  readonly changed: readonly string[];
  readonly before: string | null;
  readonly after: string | null;
  readonly requestId: string | null;
}
interface Operation {
  readonly operationId: string;
  readonly responses: object;
}

const gateway = await startGateway(
  {
    providers: {
      sim: { kind: 'sim' },
      up: { kind: 'openai-compatible', baseUrl: 'https://up.example', apiKey: { env: 'UP_KEY' } },
    },
    budgets: { filed: { usd: 1 } },
  },
  { UP_KEY: 'k'.repeat(24) },
);
afterAll(() => gateway.close());
const headers = { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json' };

const admin = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${gateway.url}${path}`, { headers, ...init });
const post = (path: string, body: object): Promise<Response> =>
  admin(path, { method: 'POST', body: JSON.stringify(body) });
async function page(query = ''): Promise<{ data: readonly Row[]; nextCursor: string | null }> {
  return (await (await admin(`/admin/v1/audit${query}`)).json()) as { data: readonly Row[]; nextCursor: string | null };
}
const newest = async (): Promise<Row | undefined> => (await page('?limit=1')).data[0];

type Body = object | 'DELETE';
const toInit = (body: Body): RequestInit =>
  body === 'DELETE' ? { method: 'DELETE' } : { method: 'POST', body: JSON.stringify(body) };

/** Every operation that acts, in an order in which each is done to something that is there; `ID` is the key's. */
const ACTS: readonly (readonly [name: string, path: string, body: Body, object: string, states?: string])[] = [
  ['createOrg', 'orgs', { id: 'acme', name: 'Acme' }, 'acme', 'after'],
  ['changeOrg', 'orgs/acme', { name: 'Acme Ltd' }, 'acme'],
  ['createTeam', 'teams', { id: 'search', org: 'acme', name: 'Search' }, 'search', 'after'],
  ['changeTeam', 'teams/search', { disabled: true }, 'search'],
  ['createUser', 'users', { id: 'ada', team: 'search', name: 'Ada' }, 'ada', 'after'],
  ['changeUser', 'users/ada', { role: 'viewer' }, 'ada'],
  ['createKey', 'keys', { name: 'ci', org: 'acme' }, 'ID', 'after'],
  ['rotateKey', 'keys/ID/rotate', {}, 'ID'],
  ['revokeKey', 'keys/ID', 'DELETE', 'ID'],
  ['setLimits', 'limits', { scope: 'team:search', concurrent: 1 }, 'team:search', 'after'],
  ['deleteLimits', 'limits/team:search', 'DELETE', 'team:search', 'before'],
  ['setBudget', 'budgets', { name: 'ours', usd: 1 }, 'ours', 'after'],
  ['raiseBudget', 'budgets/ours/raise', { usd: 1, until: '2999-01-01T00:00:00Z' }, 'ours'],
  ['deleteBudget', 'budgets/ours', 'DELETE', 'ours', 'before'],
  ['setProviderKey', 'providers/up/key', { apiKey: 'x'.repeat(24) }, 'up#0'],
  ['resetProviderKey', 'providers/up/key', 'DELETE', 'up#0'],
  ['setCors', 'cors', { origins: ['https://b.example'] }, 'development', 'after'],
  ['resetCors', 'cors', 'DELETE', 'development', 'before'],
  ['openBreaker', 'breakers/sim%2Fecho/open', {}, 'sim/echo', ''],
  ['resetBreaker', 'breakers/sim%2Fecho/reset', {}, 'sim/echo', ''],
  ['deleteUser', 'users/ada', 'DELETE', 'ada', 'before'],
  ['deleteTeam', 'teams/search', 'DELETE', 'search', 'before'],
  ['deleteOrg', 'orgs/acme', 'DELETE', 'acme', 'before'],
];
/** Those that are written down before they run, whatever comes of them. */
const NOTED: readonly (readonly [name: string, path: string])[] = [
  ['reloadConfig', 'config/reload'],
  ['runDrill', 'drills'],
  ['recostSpend', 'spend/recost'],
  ['refreshCatalogue', 'catalogue/refresh'],
];

describe('an action of an operator', () => {
  it('is written down with who, what, where and the request', async () => {
    const made = (await (await post('/admin/v1/keys', { name: 'ci' })).json()) as { id: string };
    expect(await newest()).toMatchObject({
      actor: 'admin',
      actorName: 'admin',
      role: 'owner',
      tenant: 'default',
      action: 'createKey',
      object: made.id,
      before: null,
      after: expect.stringMatching(/^sha256:/) as string,
      address: '127.0.0.1',
      requestId: expect.stringMatching(/^req_/) as string,
    });
    await admin(`/admin/v1/keys/${made.id}`, { method: 'DELETE' });
    expect(await newest()).toMatchObject({ action: 'revokeKey', object: made.id, changed: ['revokedAt'] });
  });

  it.each([
    ['setCors', 'production', () => post('/admin/v1/cors', { origins: ['https://a.example'] })],
    ['resetCors', 'production', () => admin('/admin/v1/cors', { method: 'DELETE' })],
    ['openBreaker', 'sim/echo', () => post('/admin/v1/breakers/sim%2Fecho/open', {})],
    ['resetBreaker', 'sim/echo', () => post('/admin/v1/breakers/sim%2Fecho/reset', {})],
    ['reloadConfig', '', () => post('/admin/v1/config/reload', {})],
  ])('%s is written down', async (action, object, act) => {
    await act();
    const row = await newest();
    expect([row?.action, row?.object === 'development' ? 'production' : row?.object]).toEqual([action, object]);
  });

  it('of whatever kind is written down, with what it was done to: no route but GET is without a row', async () => {
    const { paths } = (await (await admin('/openapi.json')).json()) as {
      paths: Record<string, Record<string, Operation>>;
    };
    const acting = Object.entries(paths)
      .filter(([path]) => path.startsWith('/admin/'))
      .flatMap(([path, operations]) =>
        Object.entries(operations).map(([method, operation]) => ({ path, method, operation })),
      )
      .filter(({ method }) => method !== 'get');
    const names = acting.map(({ operation }) => operation.operationId).filter((name) => name !== 'explainRequest');
    expect(names.toSorted()).toEqual([...ACTS, ...NOTED].map(([name]) => name).toSorted());
    const wrong: unknown[] = [];
    let id = '';
    for (const [name, path, body, object, states = 'before after'] of ACTS) {
      const answer = await admin(`/admin/v1/${path.replace('ID', id)}`, toInit(body));
      const text = await answer.text();
      if (name === 'createKey') ({ id } = JSON.parse(text) as { id: string });
      const row = await newest();
      const found = (['before', 'after'] as const).filter((state) => typeof row?.[state] === 'string').join(' ');
      const isFine = row?.action === name && row.object === object.replace('ID', id) && found === states;
      if (!isFine || answer.status >= 300) wrong.push({ name, status: answer.status, text, row });
    }
    expect(wrong).toEqual([]);
    for (const [name, path] of NOTED) {
      await post(`/admin/v1/${path}`, {});
      expect(await newest()).toMatchObject({ action: name, object: '' });
    }
  });

  it.each([
    ['limits/team:none', 'DELETE', 404],
    ['budgets/filed', 'DELETE', 400],
    ['teams/none', 'DELETE', 404],
    ['users/none', { name: 'x' }, 404],
    ['teams', { name: 'x', org: 'none' }, 400],
    ['orgs', { name: 'x', id: 'default' }, 400],
    ['keys/none', 'DELETE', 404],
  ] as const)('at %s of which nothing came is not written down: %j', async (path, body, status) => {
    const before = await newest();
    const answer = await admin(`/admin/v1/${path}`, toInit(body));
    expect([answer.status, (await newest())?.id]).toEqual([status, before?.id]);
  });

  it('is not written down when it was refused', async () => {
    const before = await newest();
    const refused = await fetch(`${gateway.url}/admin/v1/cors`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${gateway.key}` },
    });
    expect([refused.status, (await newest())?.id]).toEqual([403, before?.id]);
  });
});

describe('GET /admin/v1/audit', () => {
  it('hands out every row once, newest first', async () => {
    const all = (await page('?limit=1000')).data.map(({ id }) => id);
    const found: number[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const next = await page(`?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`);
      found.push(...next.data.map(({ id }) => id));
      cursor = next.nextCursor;
    }
    expect(found).toEqual(all);
    expect(all).toEqual(Array.from({ length: all.length }, (_, at) => all.length - at));
  });

  it('shows what is asked for', async () => {
    const { data } = await page('?action=setCors&actor=admin');
    expect(data.map(({ action }) => action)).toEqual(['setCors', 'setCors']);
    expect((await page('?object=nothing')).data).toEqual([]);
    expect((await page('?since=2999-01-01T00:00:00Z')).data).toEqual([]);
  });

  it.each(['?limit=0', '?cursor=x', '?actor=', '?what=1', '?since=yesterday'])('refuses %s', async (query) => {
    expect((await admin(`/admin/v1/audit${query}`)).status).toBe(400);
  });
});

describe('sluice audit verify', () => {
  const data = join(gateway.folder, 'data');
  const run = (...argv: string[]) => cli([...argv, '--data-dir', data], capturedContext({ env: { USER: 'ann' } }));

  it('follows one chain that the gateway and the command line have in common', async () => {
    const { stdout } = await run('keys', 'create', 'from the shell', '--json');
    const { id } = JSON.parse(stdout) as { id: string };
    await post('/admin/v1/keys', { name: 'from the API' });
    await run('keys', 'revoke', id);
    const { data: rows } = await page('?limit=3');
    expect(rows).toMatchObject([
      { action: 'revokeKey', object: id, actor: 'cli', actorName: 'ann', address: 'local' },
      { action: 'createKey', actor: 'admin' },
      { action: 'createKey', object: id, actor: 'cli' },
    ]);
    expect(await run('audit', 'verify')).toMatchObject({ code: 0, stdout: expect.stringContaining('whole') as string });
    expect(JSON.parse((await run('audit', 'verify', '--json')).stdout)).toEqual({
      ok: true,
      rows: rows[0] && rows[0].id,
    });
  });

  it('has nothing of a key in it', async () => {
    await gateway.stop();
    expectNoSecret(gateway);
  });

  it('ends with 1 and names the first row that is not what was written', async () => {
    runForeignSql(join(data, 'sluice.db'), "DROP TRIGGER audit_kept; UPDATE audit SET actor = 'nobody' WHERE seq = 2");
    expect(await run('audit', 'verify')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'The audit log is broken at row 2: it was changed. The 1 rows before it are whole.\n',
    });
    const { code, stdout } = await run('audit', 'verify', '--json');
    expect([code, JSON.parse(stdout)]).toEqual([1, { ok: false, rows: 1, row: 2, reason: 'it was changed' }]);
  });
});
