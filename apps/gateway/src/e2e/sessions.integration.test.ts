import { request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, outcome } from './__fixtures__/browser.js';
import { startGateway } from './__fixtures__/gateway.js';
import type { TestGateway } from './__fixtures__/gateway.js';
import { expectNoSecret } from './__fixtures__/invariants.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(async () => {
  await gateway.stop();
  expectNoSecret(gateway);
  await gateway.close();
});

const browser = (target = gateway) => openBrowser(target);

async function operate(path: string, body: object): Promise<Response> {
  const headers = { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json' };
  return fetch(gateway.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
}

const SECURE = /^__Host-sluice-session=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure$/;

/** The cookie of a session that begins with these headers. */
async function cookieOf(given: Readonly<Record<string, string>>): Promise<string | undefined> {
  const headers = { 'content-type': 'application/json', ...given };
  return new Promise((resolve, reject) => {
    const asked = request(`${gateway.url}/auth/session`, { method: 'POST', headers }, (answer) => {
      answer.resume().on('end', () => resolve(answer.headers['set-cookie']?.[0]));
    });
    asked.on('error', reject).end(JSON.stringify({ key: gateway.adminKey }));
  });
}

describe('a session', () => {
  const open = async (key = gateway.adminKey) => {
    const opened = browser();
    const answer = await opened.post('/auth/session', { key });
    return { ...opened, answer, status: answer.status };
  };

  it('begins with the admin key, and ends with its sign-out', async () => {
    const { status, answer, go, post, jar } = await open();
    expect([status, answer.headers.get('cache-control'), await answer.json()]).toMatchObject([
      201,
      'no-store',
      { kind: 'admin', role: 'owner' },
    ]);
    expect((await go('/admin/v1/config')).status).toBe(200);
    const kept = new Map(jar);
    expect((await post('/auth/logout')).status).toBe(204);
    expect([jar.size, (await go('/auth/session')).status]).toEqual([0, 401]);
    for (const [name, value] of kept) jar.set(name, value);
    expect(await outcome(await go('/admin/v1/config'))).toBe('401 invalid_token');
  });

  it('lists no models and shows no answers: pages of other origins may ask for them', async () => {
    const { go } = await open();
    for (const path of ['/v1/models', '/v1/models/echo', '/v1/responses/resp_1'])
      expect([path, await outcome(await go(path))]).toEqual([path, '401 missing_api_key']);
  });

  it('does not begin with a key of a caller', async () => {
    const { answer, jar } = await open(await gateway.createKey({ name: 'caller' }));
    expect([await outcome(answer), jar.size]).toEqual(['403 route_not_allowed', 0]);
  });

  it('begins no more than fifty times at once with one key: the oldest ends', async () => {
    const key = await gateway.createKey({ name: 'busy', role: 'viewer' });
    const first = await open(key);
    // The oldest is that of an earlier millisecond.
    await setTimeout(2);
    const second = await open(key);
    await setTimeout(2);
    for (let at = 0; at < 49; at += 1) await open(key);
    expect([(await first.go('/auth/session')).status, (await second.go('/auth/session')).status]).toEqual([401, 200]);
  });

  it('does not begin with a body that no key needs', async () => {
    const key = 'x'.repeat(8_192);
    expect(await outcome(await browser().post('/auth/session', { key }))).toBe('413 request_too_large');
  });

  it('of a key ends with the key', async () => {
    const made = (await (await operate('/admin/v1/keys', { name: 'desk', role: 'viewer' })).json()) as {
      id: string;
      key: string;
    };
    const { go } = await open(made.key);
    expect((await go('/admin/v1/requests')).status).toBe(200);
    await fetch(`${gateway.url}/admin/v1/keys/${made.id}`, {
      method: 'DELETE',
      headers: { 'x-api-key': gateway.adminKey },
    });
    expect(await outcome(await go('/admin/v1/requests'))).toBe('401 revoked_api_key');
  });

  it.each(['sk-sluice-wrong', 'eyJhbGciOiJub25lIn0.e30.', "' OR '1'='1"])('does not begin with %j', async (key) => {
    const { answer, jar } = await open(key);
    expect([await outcome(answer), jar.size]).toEqual(['401 invalid_api_key', 0]);
  });

  it.each<readonly [string, Record<string, string>]>([
    ['another origin', { origin: 'https://evil.test' }],
    ['no origin', {}],
    ['a hidden origin', { origin: 'null' }],
    ['another port of this host', { origin: 'http://127.0.0.1:1' }],
    ['another site, as the browser says', { 'sec-fetch-site': 'cross-site' }],
    ['another host of this site, as the browser says', { 'sec-fetch-site': 'same-site' }],
  ])('does nothing for a page of %s', async (_, headers) => {
    const { post, go } = await open();
    const before = await (await go('/admin/v1/keys')).text();
    expect(await outcome(await post('/admin/v1/keys', { name: 'forged' }, headers))).toBe('403 origin_not_allowed');
    expect(await outcome(await post('/auth/logout', undefined, headers))).toBe('403 origin_not_allowed');
    expect(await outcome(await post('/auth/session', { key: gateway.adminKey }, headers))).toBe(
      '403 origin_not_allowed',
    );
    expect(await (await go('/admin/v1/keys')).text()).toBe(before);
  });

  it('makes changes for a page of the gateway', async () => {
    const { post, go } = await open();
    expect((await post('/admin/v1/keys', { name: 'own' })).status).toBe(201);
    expect((await post('/admin/v1/keys', { name: 'own' }, { 'sec-fetch-site': 'same-origin' })).status).toBe(201);
    expect((await go('/admin/v1/teams/nobodys', { method: 'DELETE' })).status).toBe(403);
  });

  it('asks no models: a page would spend in its name', async () => {
    const { post } = await open();
    const body = { model: 'sim/echo', messages: [{ role: 'user', content: 'x' }] };
    expect(await outcome(await post('/v1/chat/completions', body))).toBe('401 missing_api_key');
  });

  it('gets a new id at every sign-in, and the one before is over: none can be foisted on a browser', async () => {
    const { post, jar, go } = browser();
    const foisted = 'A'.repeat(43);
    jar.set('sluice-session', foisted);
    await post('/auth/session', { key: gateway.adminKey });
    const first = jar.get('sluice-session') ?? '';
    await post('/auth/session', { key: gateway.adminKey });
    const second = jar.get('sluice-session') ?? '';
    expect(new Set([foisted, first, second]).size).toBe(3);
    const statuses: number[] = [];
    for (const id of [foisted, first, second]) {
      jar.set('sluice-session', id);
      statuses.push((await go('/auth/session')).status);
    }
    expect(statuses).toEqual([401, 401, 200]);
  });

  it('does not count beside a credential, or twice', async () => {
    const { go, jar } = await open();
    expect((await go('/admin/v1/config', { headers: { 'x-api-key': 'sk-sluice-wrong' } })).status).toBe(401);
    expect(
      (
        await go('/admin/v1/config', {
          headers: { cookie: `sluice-session=a; sluice-session=${jar.get('sluice-session')}` },
        })
      ).status,
    ).toBe(401);
  });

  it.each(['', 'x', 'A'.repeat(44), '%00', '../../etc', "' OR '1'='1"])('is not %j', async (id) => {
    const { go, jar } = browser();
    jar.set('sluice-session', id);
    expect((await go('/admin/v1/config')).status).toBe(401);
  });

  it('over any other host than this machine goes by HTTPS alone', async () => {
    expect(await cookieOf({ host: 'gateway.example.com', origin: 'https://gateway.example.com' })).toMatch(SECURE);
  });

  it.each([
    { 'x-forwarded-for': '203.0.113.9' },
    { 'x-forwarded-proto': 'https' },
    { forwarded: 'for=203.0.113.9' },
    { via: '1.1 proxy' },
  ])('goes by HTTPS alone behind a proxy of this machine, as %o tells', async (headers) => {
    expect(await cookieOf({ host: '127.0.0.1', origin: 'http://127.0.0.1', ...headers })).toMatch(SECURE);
  });

  it('is over after its time', async () => {
    await using brief = await startGateway({ auth: { sessions: { ttl: '5s' } } });
    const { post, go } = browser(brief);
    await post('/auth/session', { key: brief.adminKey });
    expect((await go('/auth/session')).status).toBe(200);
    await expect.poll(async () => (await go('/auth/session')).status).toBe(401);
  });

  it('is counted where its key is guessed', async () => {
    await using guarded = await startGateway({ auth: { failures: { limit: 2, window: '1m' } } });
    const answers: string[] = [];
    for (let at = 0; at < 3; at += 1)
      answers.push(await outcome(await browser(guarded).post('/auth/session', { key: `wrong-${at}` })));
    expect(answers).toEqual(['401 invalid_api_key', '401 invalid_api_key', '429 rate_limit_exceeded']);
  });
});
