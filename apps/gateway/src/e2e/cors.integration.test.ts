import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { OutgoingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fakeUpstream, reply } from '@sluice/testkit';
import { ADMIN_KEY } from '../__fixtures__/admin-key.js';
import { assertInvariants } from './__fixtures__/invariants.js';
import { attachTo, startGateway } from './__fixtures__/gateway.js';
import type { ProcessGateway } from './__fixtures__/gateway.js';
import { startProcess } from './__fixtures__/process.js';
import { rawCall } from './__fixtures__/raw-call.js';
import type { RawAnswer } from './__fixtures__/raw-call.js';

const APP = 'https://app.example.com';
const CORS = {
  production: { origins: [APP], credentials: true },
  development: { origins: ['http://localhost:*'] },
};
const CHAT = { model: 'up/m', messages: [{ role: 'user', content: 'Hi' }] };

const upstream = await fakeUpstream(
  reply().json({ data: [] }),
  reply().json({ object: 'chat.completion', choices: [] }),
);
const gateway = await startGateway(
  {
    cors: CORS,
    cache: { enabled: true },
    providers: {
      up: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1`, allowPrivateNetwork: true },
      sim: { kind: 'sim' },
    },
  },
  { NODE_ENV: 'production' },
);
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const auth = { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' };
const chat = (
  origin: string | string[] | undefined,
  headers: OutgoingHttpHeaders = auth,
  body: object = CHAT,
): Promise<RawAnswer> =>
  rawCall(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { ...headers, ...(origin === undefined ? {} : { Origin: origin }) },
    body,
  });
const preflight = (origin: string | string[], path = '/v1/chat/completions', at = gateway.url): Promise<RawAnswer> =>
  rawCall(at + path, {
    method: 'OPTIONS',
    headers: {
      Origin: origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    },
  });
const grantOf = ({ headers }: RawAnswer) => ({
  origin: headers['access-control-allow-origin'],
  credentials: headers['access-control-allow-credentials'],
  vary: headers.vary,
});
const codeOf = ({ body }: RawAnswer): unknown => (JSON.parse(body) as { error: { code: string } }).error.code;

/** Class D of the corpus. */
const FOREIGN: readonly (readonly [string, string | string[]])[] = [
  ['D-01', 'null'],
  ['D-02', 'https://evil.com'],
  ['D-03', 'https://app.example.com.evil.com'],
  ['D-04', 'https://evilapp.example.com'],
  ['D-05', 'https://app.example.com:8443'],
  ['D-06', 'http://app.example.com'],
  ['D-07', 'https://APP.EXAMPLE.COM'],
  ['D-08', 'https://app.example.com/'],
  ['D-09', 'https://sub.app.example.com'],
  ['D-10', 'https://app.example.com%60.evil.com'],
  ['D-11', 'https://appXexample.com'],
  ['D-12', 'https://user@app.example.com'],
  ['D-13', [APP, 'https://evil.com']],
  ['D-13', [APP, APP]],
  ['D-14', ''],
  ['D-15', `${APP} https://evil.com`],
  ['D-16', 'file://'],
  ['D-17', 'https://xn--pp-tja.example.com'],
  ['D-19', 'http://localhost:3000'],
];

describe('an origin that is not on the list', () => {
  it.each(FOREIGN)('%s %j gets no permission, and nothing upstream is asked', async (_id, origin) => {
    const before = upstream.requests.length;
    const [call, asked] = [await chat(origin), await preflight(origin)];
    const none = { origin: undefined, credentials: undefined, vary: 'Origin' };
    expect([grantOf(call), grantOf(asked)]).toEqual([none, none]);
    expect([call, asked].map((answer) => [answer.status, codeOf(answer)])).toEqual([
      [403, 'origin_not_allowed'],
      [403, 'origin_not_allowed'],
    ]);
    expect(upstream.requests.length).toBe(before);
  });
});

const GOOD = { origin: APP, credentials: 'true', vary: 'Origin' };

describe('an origin on the list (D-20)', () => {
  it('is named by the preflight', async () => {
    const answer = await preflight(APP);
    expect([answer.status, grantOf(answer)]).toEqual([204, GOOD]);
    expect(answer.headers).toMatchObject({
      'access-control-allow-methods': 'GET, POST, DELETE',
      'access-control-allow-headers': 'authorization',
    });
  });

  it('is named by answers, also by a stream', async () => {
    const body = { model: 'sim/echo', messages: CHAT.messages, stream: true };
    const answers = [await chat(APP, auth, { ...body, stream: false }), await chat(APP, auth, body)];
    expect(answers.map((answer) => [answer.status, grantOf(answer)])).toEqual([
      [200, GOOD],
      [200, GOOD],
    ]);
    expect(answers[1]?.headers['content-type']).toMatch('text/event-stream');
  });

  it.each([
    [401, { 'content-type': 'application/json' }, CHAT],
    [400, auth, {}],
    [404, auth, { ...CHAT, model: 'nobody/has-it' }],
    [415, { ...auth, 'content-type': 'text/plain' }, CHAT],
  ])('is named by a refusal with %i', async (status, headers, body) => {
    const answer = await chat(APP, headers, body);
    expect([answer.status, grantOf(answer)]).toEqual([status, GOOD]);
  });

  it('is named by a 429, and by what is no endpoint', async () => {
    const key = await gateway.createKey({ name: 'none', limits: { requestsPerMinute: 0 } });
    const limited = await chat(APP, { ...auth, authorization: `Bearer ${key}` });
    const lost = await rawCall(`${gateway.url}/v1/nothing`, { headers: { ...auth, origin: APP } });
    expect([limited, lost].map((answer) => [answer.status, grantOf(answer)])).toEqual([
      [429, GOOD],
      [404, GOOD],
    ]);
  });

  it('is not named to another that gets the same answer from the cache', async () => {
    const body = { model: 'sim/echo', messages: [{ role: 'user', content: 'cached' }] };
    const [first, same, plain] = [
      await chat(APP, auth, body),
      await chat(APP, auth, body),
      await chat(undefined, auth, body),
    ];
    expect([first, same, plain].map(({ headers }) => headers['x-sluice-cache'])).toEqual(['miss', 'hit', 'hit']);
    expect([grantOf(same), grantOf(plain)]).toEqual([GOOD, { ...GOOD, origin: undefined, credentials: undefined }]);
  });
});

it.each(['/admin/v1/keys', '/metrics?x', '/openapi.json?x', '/health/providers?x'])(
  'no page gets a permission at %s, or is answered there, but the ones of the gateway itself',
  async (path) => {
    const from = (origin: string) =>
      rawCall(gateway.url + path, { headers: { authorization: `Bearer ${gateway.adminKey}`, origin } });
    const answers = [await preflight(APP, path), await from(APP), await from(gateway.url)];
    expect(answers.map(({ status, headers }) => [status, headers['access-control-allow-origin']])).toEqual([
      [403, undefined],
      [403, undefined],
      [200, undefined],
    ]);
  },
);

async function setCors(gateway: Pick<ProcessGateway, 'url' | 'adminKey'>, policy?: object): Promise<RawAnswer> {
  const headers = { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json' };
  const method = policy ? 'POST' : 'DELETE';
  return rawCall(`${gateway.url}/admin/v1/cors`, { method, headers, ...(policy && { body: policy }) });
}

describe('POST /admin/v1/cors', () => {
  it('refuses in production what development allows, and wildcards everywhere', async () => {
    const answers = [
      await setCors(gateway, { origins: ['http://localhost:*'] }),
      await setCors(gateway, { origins: ['*'], credentials: true }),
    ];
    expect(answers.map(({ status, body }) => [status, (JSON.parse(body) as { error: object }).error])).toEqual([
      [400, expect.objectContaining({ code: 'invalid_value', param: 'origins[0]' })],
      [400, expect.objectContaining({ code: 'invalid_value', param: 'origins[0]' })],
    ]);
    expect(grantOf(await preflight(APP))).toEqual(GOOD);
  });
});

it('after all this the invariants hold', async () => {
  await assertInvariants({ gateway, upstreams: [upstream] });
  expect(upstream.requests.length).toBeLessThanOrEqual(1);
});

/** Two processes on one database, each with this environment. */
async function twoProcesses(env: Readonly<Record<string, string>>) {
  const cwd = mkdtempSync(join(tmpdir(), 'sluice-cors-'));
  writeFileSync(join(cwd, 'sluice.yaml'), JSON.stringify({ cors: CORS, providers: {} }));
  const adminEnv = { SLUICE_ADMIN_KEY: ADMIN_KEY, ...env };
  const first = await attachTo(startProcess({ cwd, env: adminEnv }), { cwd });
  const second = await attachTo(startProcess({ cwd, env: adminEnv }), { cwd });
  return {
    first,
    second,
    async [Symbol.asyncDispose]() {
      await Promise.all([first.close(), second.close()]);
      rmSync(cwd, { recursive: true, force: true });
    },
  };
}

it('a policy set in one process holds in the other within a second, and so does its end', async () => {
  await using pair = await twoProcesses({ NODE_ENV: 'production' });
  const named = async (origin: string): Promise<number> =>
    (await preflight(origin, '/v1/messages', pair.second.url)).status;
  const within = { timeout: 1_000, interval: 50 };
  expect([await named(APP), await named('https://new.example')]).toEqual([204, 403]);
  await setCors(pair.first, { origins: ['https://new.example'] });
  await expect.poll(async () => [await named(APP), await named('https://new.example')], within).toEqual([403, 204]);
  await setCors(pair.first);
  await expect.poll(async () => [await named(APP), await named('https://new.example')], within).toEqual([204, 403]);
});

it('development has its own list', async () => {
  const other = await startGateway({ cors: CORS }, {});
  const statuses = await Promise.all(
    ['http://localhost:5173', APP].map(async (origin) => (await preflight(origin, '/v1/messages', other.url)).status),
  );
  await other.close();
  expect(statuses).toEqual([204, 403]);
});
