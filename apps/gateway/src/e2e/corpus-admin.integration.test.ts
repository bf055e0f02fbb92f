import { Agent, request } from 'node:http';
import { timed } from '@sluice/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';
import type { TestGateway } from './__fixtures__/gateway.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ auth: { failures: { limit: 20, window: '1m' } } });
});
afterAll(() => gateway.close());

interface Told {
  readonly status: number;
  readonly code: string | undefined;
  readonly text: string;
  readonly headers: Headers;
}

interface Sent {
  readonly body?: string | undefined;
  readonly key?: string | undefined;
}

async function ask(method: string, path: string, { body, key = gateway.adminKey }: Sent = {}): Promise<Told> {
  const headers = { authorization: `Bearer ${key}`, ...(body !== undefined && { 'content-type': 'application/json' }) };
  const answer = await fetch(gateway.url + path, { method, headers, ...(body !== undefined && { body }) });
  const text = await answer.text();
  return { status: answer.status, code: /"code":"(\w+)"/.exec(text)?.[1], text, headers: answer.headers };
}
const post = (path: string, body: unknown, key?: string) =>
  ask('POST', path, { body: typeof body === 'string' ? body : JSON.stringify(body), key });
const keyCount = async (): Promise<number> =>
  (JSON.parse((await ask('GET', '/admin/v1/keys')).text) as { data: [] }).data.length;

describe('J-02: the admin key asks models', () => {
  const DATA_PLANE = [
    '/v1/chat/completions',
    '/v1/messages',
    '/v1beta/models/sim/echo:generateContent',
    '/v1/embeddings',
    '/passthrough/sim/x',
  ];

  it('and is served', async () => {
    const body = { model: 'sim/echo', messages: [{ role: 'user', content: 'Hello' }] };
    expect((await post('/v1/chat/completions', body)).status).toBe(200);
  });

  it('and is refused everywhere where that was switched off, while it still administers', async () => {
    await using closed = await startGateway({ auth: { adminKeyOnDataPlane: false } });
    const headers = { authorization: `Bearer ${closed.adminKey}`, 'content-type': 'application/json' };
    for (const path of DATA_PLANE) {
      const answer = await fetch(closed.url + path, { method: 'POST', headers, body: '{}' });
      expect([path, answer.status, (await answer.text()).includes('route_not_allowed')]).toEqual([path, 403, true]);
    }
    expect((await fetch(`${closed.url}/v1/models`, { headers })).status).toBe(403);
    expect((await fetch(`${closed.url}/admin/v1/keys`, { headers })).status).toBe(200);
  });
});

it.each([
  '{"name":"x","usd":-1}',
  '{"name":"x","usd":1e400}',
  '{"name":"x","usd":"NaN"}',
  '{"name":"x","usd":NaN}',
  '{"name":"x","usd":5,"window":"0s"}',
  '{"name":"x","usd":5,"window":"-1d"}',
  '{"name":"x","usd":5,"window":"9999999d"}',
  '{"name":"x","usd":5,"window":30}',
])('J-12: no budget is made of %s', async (body) => {
  const before = (await ask('GET', '/admin/v1/budgets')).text;
  expect((await post('/admin/v1/budgets', body)).status).toBe(400);
  const own = body.replace('"name":"x",', '');
  expect((await post('/admin/v1/keys', `{"name":"x","budget":${own}}`)).status).toBe(400);
  expect((await ask('GET', '/admin/v1/budgets')).text).toBe(before);
});

it.each(['-1d', '9999999d', '1e400', '5 parsecs'])('J-12: no earlier secret goes on for %j', async (grace) => {
  const made = JSON.parse((await post('/admin/v1/keys', { name: 'rotated' })).text) as { id: string };
  expect((await post(`/admin/v1/keys/${made.id}/rotate`, { grace })).status).toBe(400);
});

it('J-13: nobody raises the budget that the operators gave him', async () => {
  await post('/admin/v1/orgs', { id: 'acme', name: 'Acme' });
  await post('/admin/v1/budgets', { name: 'acme', scope: 'org:acme', usd: 1 });
  await post('/admin/v1/budgets', { name: 'shared', usd: 1 });
  const raise = { usd: 5, until: '2099-01-01T00:00:00Z' };
  const listed = JSON.parse((await ask('GET', '/admin/v1/budgets')).text) as { data: { name: string; usd: number }[] };
  for (const role of ['owner', 'admin', 'operator', 'caller']) {
    const made = JSON.parse(
      (await post('/admin/v1/keys', { name: role, org: 'acme', role, budget: 'shared' })).text,
    ) as { id: string; key: string };
    for (const id of ['org:acme', 'acme', 'shared', `key:${made.id}`]) {
      expect([role, id, (await post(`/admin/v1/budgets/${id}/raise`, raise, made.key)).status]).toEqual([
        role,
        id,
        expect.toBeOneOf([403, 404]),
      ]);
    }
    expect([403, 404]).toContain((await post('/admin/v1/budgets', { name: 'shared', usd: 99 }, made.key)).status);
    expect([403, 404]).toContain(
      (await post('/admin/v1/budgets', { name: 'acme', scope: 'org:acme', usd: 99 }, made.key)).status,
    );
  }
  const after = JSON.parse((await ask('GET', '/admin/v1/budgets')).text) as typeof listed;
  expect(after.data.map(({ name, usd }) => [name, usd])).toEqual(listed.data.map(({ name, usd }) => [name, usd]));
});

it('J-22: a key is shown once, in an answer that nobody keeps', async () => {
  const made = await post('/admin/v1/keys', { name: 'once' });
  const { id, key } = JSON.parse(made.text) as { id: string; key: string };
  const rotated = await post(`/admin/v1/keys/${id}/rotate`, {});
  const again = JSON.parse(rotated.text) as { key: string };
  expect([made, rotated].map(({ headers }) => headers.get('cache-control'))).toEqual(['no-store', 'no-store']);
  for (const path of ['/admin/v1/keys', '/admin/v1/audit', '/admin/v1/requests', '/metrics']) {
    const { text } = await ask('GET', path);
    expect([path, text.includes(key.slice(-20)), text.includes(again.key.slice(-20))]).toEqual([path, false, false]);
  }
});

it('J-30: labels do not grow with what callers write', async () => {
  for (let each = 0; each < 300; each += 1) {
    await ask('GET', `/v1/made-up-${each}`, { key: gateway.key });
    await gateway.call('/v1/chat/completions', {
      model: `made-up-${each}`,
      messages: [{ role: 'user', content: 'x' }],
    });
  }
  expect(await gateway.metrics()).not.toContain('made-up-');
});

it.each(['/admin/v1/audit?action=', '/admin/v1/spend?by=key&model='])(
  'CVE-2026-25591: J-40: %s takes a text as it is, and looks for nothing like it',
  async (path) => {
    for (const pattern of ['%', '%%%%', '%_'.repeat(20), '*']) {
      const { status, text } = await ask('GET', path + encodeURIComponent(pattern));
      expect([status, (JSON.parse(text) as { data: unknown }).data]).toEqual([200, []]);
    }
  },
);

it.each(['<script>alert(1)</script>', 'javascript:alert(1)', '"><img src=x onerror=alert(1)>'])(
  'J-42: %j is data, in an answer that no browser takes for a page',
  async (name) => {
    const { status, headers, text } = await post('/admin/v1/keys', { name });
    expect([status, (JSON.parse(text) as { name: string }).name]).toEqual([201, name]);
    for (const path of ['/admin/v1/keys', '/admin/v1/audit', `/v1/models/${encodeURIComponent(name)}`, `/${name}`]) {
      const shown = await ask('GET', path);
      expect([path, shown.headers.get('content-type'), shown.headers.get('x-content-type-options')]).toEqual([
        path,
        'application/json; charset=utf-8',
        'nosniff',
      ]);
    }
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  },
);

it.each([
  ['a list of ten thousand', JSON.stringify(Array.from({ length: 10_000 }, (_, at) => ({ name: `k${at}` })))],
  ['ten thousand names', JSON.stringify({ name: Array.from({ length: 10_000 }, (_, at) => `k${at}`) })],
  ['ten thousand models', JSON.stringify({ name: 'x', models: Array.from({ length: 10_000 }, () => 'm') })],
  ['ten thousand addresses', JSON.stringify({ name: 'x', ips: Array.from({ length: 10_000 }, () => '10.0.0.1') })],
])('J-44: %s make no key', async (_, body) => {
  const before = await keyCount();
  expect((await post('/admin/v1/keys', body)).status).toBe(400);
  expect(await keyCount()).toBe(before);
});

it.each([
  ['POST', '/admin/v1/config/reload', '{"path":"/etc/passwd"}'],
  ['POST', '/admin/v1/config/reload?path=/etc/passwd', '{"config":"file:///etc/passwd"}'],
  ['POST', '/admin/v1/config', '{"providers":{"x":{"kind":"openai","apiKey":"os.environ/SLUICE_ADMIN_KEY"}}}'],
  ['POST', '/admin/v1/config', 'server: !!js/function "() => 1"'],
  ['POST', '/admin/v1/providers/sim/key', '{"apiKey":{"file":"/etc/passwd"}}'],
  ['POST', '/admin/v1/providers/sim/key', '{"apiKey":{"env":"SLUICE_ADMIN_KEY"}}'],
  ['POST', '/admin/v1/providers', '{"name":"x","kind":"openai","apiKey":"file:///etc/passwd"}'],
])('J-45: %s %s %s reads nothing and changes nothing', async (method, path, body) => {
  const version = async (): Promise<unknown> =>
    (JSON.parse((await ask('GET', '/admin/v1/config')).text) as { version: string }).version;
  const before = await version();
  const { status, text } = await ask(method, path, { body });
  expect([status < 500, /root:|Qk3vR8/.test(text), await version()]).toEqual([true, false, before]);
  expect(path.includes('reload') || status >= 400).toBe(true);
});

it('A-32: a key that ends is refused from then on, on the connection that it is used over', async () => {
  const expiresAt = new Date(Date.now() + 2_000).toISOString();
  const key = await gateway.createKey({ name: 'short', expiresAt });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set<number | undefined>();
  const once = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const asked = request(`${gateway.url}/v1/models`, { agent, headers: { 'x-api-key': key } }, (answer) => {
        let text = '';
        ports.add(answer.socket.localPort);
        answer.on('data', (piece: Buffer) => (text += piece.toString()));
        answer.on('end', () => resolve(`${answer.statusCode} ${/"code":"(\w+)"/.exec(text)?.[1] ?? 'ok'}`));
      });
      asked.on('error', reject).end();
    });
  expect(await once()).toBe('200 ok');
  const { busyMs } = await timed(() => expect.poll(once, { interval: 20 }).toBe('401 expired_api_key'));
  expect([Date.now() - Date.parse(expiresAt) - busyMs < 1_000, ports.size]).toEqual([true, 1]);
  agent.destroy();
});

it('A-34: after 500 wrong keys one address is told to wait, a good key from there and all from another are not', async () => {
  const answered = async (localAddress: string, key: string): Promise<{ status: number; wait: string | undefined }> =>
    new Promise((resolve, reject) => {
      const options = { localAddress, headers: { 'x-api-key': key } };
      const asked = request(`${gateway.url}/v1/models`, options, (answer) => {
        answer
          .resume()
          .on('end', () => resolve({ status: answer.statusCode ?? 0, wait: answer.headers['retry-after'] }));
      });
      asked.on('error', reject).end();
    });
  const statuses: number[] = [];
  for (let each = 0; each < 500; each += 1)
    statuses.push((await answered('127.0.0.3', `sk-sluice-wrong-${each}`)).status);
  expect([statuses.slice(0, 20).every((status) => status === 401), new Set(statuses.slice(20))]).toEqual([
    true,
    new Set([429]),
  ]);
  const { wait } = await answered('127.0.0.3', 'sk-sluice-wrong');
  expect([Number(wait) >= 1, Number(wait) <= 60]).toEqual([true, true]);
  expect((await answered('127.0.0.3', gateway.key)).status).toBe(200);
  expect([
    (await answered('127.0.0.4', gateway.key)).status,
    (await answered('127.0.0.4', 'sk-sluice-wrong')).status,
  ]).toEqual([200, 401]);
});
