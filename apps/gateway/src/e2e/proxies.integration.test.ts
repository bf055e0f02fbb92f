import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { GatewayConfig } from '../gateway.js';
import { startGateway } from './__fixtures__/gateway.js';
import type { TestGateway } from './__fixtures__/gateway.js';

const LIMIT = 3;

interface Call {
  readonly key: string;
  /** The address of the connection. */
  readonly from: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** A call from an address of this machine, and what came of it. */
async function call(gateway: TestGateway, path: string, { key, from, headers = {}, body }: Call): Promise<string> {
  const sent = { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }), ...headers };
  const options = { method: body ? 'POST' : 'GET', localAddress: from, headers: sent, agent: false as const };
  return new Promise((resolve, reject) => {
    const asked = request(gateway.url + path, options, (answer) => {
      let text = '';
      answer.on('data', (piece: Buffer) => (text += piece.toString()));
      answer.on('end', () => resolve(`${answer.statusCode} ${/"code":"(\w+)"/.exec(text)?.[1] ?? 'ok'}`));
    });
    asked.on('error', reject).end(body && JSON.stringify(body));
  });
}

const start = (trustedProxies?: readonly string[]) =>
  startGateway({
    auth: { failures: { limit: LIMIT, window: '1m' } },
    ...(trustedProxies && { server: { trustedProxies: [...trustedProxies] } }),
  } satisfies GatewayConfig);
const PROXY = '127.0.0.2';
const STRANGER = '127.0.0.9';

describe('a key for one network', () => {
  it.each<readonly [string, readonly string[] | undefined, Omit<Call, 'key'>, string]>([
    ['through a proxy', [PROXY], { from: PROXY, headers: { 'x-forwarded-for': '203.0.113.9' } }, '200 ok'],
    [
      'through a proxy, as Forwarded has it',
      [PROXY],
      { from: PROXY, headers: { forwarded: 'for=203.0.113.9' } },
      '200 ok',
    ],
    [
      'through a proxy from elsewhere',
      [PROXY],
      { from: PROXY, headers: { 'x-forwarded-for': '198.51.100.1' } },
      '403 ip_not_allowed',
    ],
    [
      'through a proxy from elsewhere, with a lie',
      [PROXY],
      { from: PROXY, headers: { 'x-forwarded-for': '203.0.113.9, 198.51.100.1' } },
      '403 ip_not_allowed',
    ],
    [
      'from elsewhere, with a lie',
      [PROXY],
      { from: STRANGER, headers: { 'x-forwarded-for': '203.0.113.9' } },
      '403 ip_not_allowed',
    ],
    [
      'with two stories',
      [PROXY],
      { from: PROXY, headers: { 'x-forwarded-for': '198.51.100.1', forwarded: 'for=203.0.113.9' } },
      '403 ip_not_allowed',
    ],
    [
      'where no proxy is trusted',
      undefined,
      { from: PROXY, headers: { 'x-forwarded-for': '203.0.113.9' } },
      '403 ip_not_allowed',
    ],
  ])('%s', async (...[, trusted, asked, expected]) => {
    await using gateway = await start(trusted);
    const key = await gateway.createKey({ name: 'near', ips: ['203.0.113.0/24'] });
    expect(await call(gateway, '/v1/models', { ...asked, key })).toBe(expected);
  });
});

it.each<readonly [string, Readonly<Record<string, string>>, string]>([
  ['for itself', {}, '200 ok'],
  ['for a caller with two stories', { 'x-forwarded-for': '198.51.100.1', forwarded: 'x' }, '403 ip_not_allowed'],
  ['for a caller who opens a quote', { forwarded: `for=${PROXY};x=", for=198.51.100.1` }, '403 ip_not_allowed'],
  ['for nobody who can be told', { forwarded: 'for=unknown' }, '403 ip_not_allowed'],
])('a key for the proxy, which asks %s', async (_, headers, expected) => {
  await using gateway = await start([PROXY]);
  const key = await gateway.createKey({ name: 'own', ips: [PROXY] });
  expect(await call(gateway, '/v1/models', { key, from: PROXY, headers })).toBe(expected);
});

describe('refused credentials', () => {
  const guess = (gateway: TestGateway, from: string, address: string): Promise<string> =>
    call(gateway, '/v1/models', { key: 'sk-sluice-wrong', from, headers: { 'x-forwarded-for': address } });
  const times = async (many: number, ask: (at: number) => Promise<string>): Promise<readonly string[]> => {
    const answers: string[] = [];
    for (let at = 0; at < many; at += 1) answers.push(await ask(at));
    return answers;
  };

  it('count for whom a proxy names, and not for its other callers', async () => {
    await using gateway = await start([PROXY]);
    const answers = await times(LIMIT + 1, () => guess(gateway, PROXY, '203.0.113.9'));
    expect(answers.at(-1)).toBe('429 rate_limit_exceeded');
    expect(await guess(gateway, PROXY, '203.0.113.10')).toBe('401 invalid_api_key');
  });

  it('count for who guesses, whoever he says that he is', async () => {
    await using gateway = await start([PROXY]);
    const strangers = await times(LIMIT + 1, (at) => guess(gateway, STRANGER, `203.0.113.${at}`));
    const behind = await times(LIMIT + 1, (at) => guess(gateway, PROXY, `203.0.113.${at}, 198.51.100.1`));
    expect([strangers.at(-1), behind.at(-1)]).toEqual(['429 rate_limit_exceeded', '429 rate_limit_exceeded']);
  });
});

it('the audit log has the address of the operator, not of the proxy', async () => {
  await using gateway = await start([PROXY]);
  const headers = { 'x-forwarded-for': '127.0.0.1, 203.0.113.9' };
  await call(gateway, '/admin/v1/keys', { key: gateway.adminKey, from: PROXY, headers, body: { name: 'made' } });
  const answer = await fetch(`${gateway.url}/admin/v1/audit`, { headers: { 'x-api-key': gateway.adminKey } });
  const { data } = (await answer.json()) as { data: readonly { action: string; address: string }[] };
  expect(data.filter(({ action }) => action === 'createKey').map(({ address }) => address)).toContain('203.0.113.9');
});

it.each(['10.0.0.0/33', 'localhost', '10.0.0', '*', ''])('%j is no proxy', async (address) => {
  await expect(start([address])).rejects.toThrow('server.trustedProxies');
});
