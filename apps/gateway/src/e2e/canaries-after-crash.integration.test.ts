import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fakeUpstream, reply } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';
import { expectNoPiece, filesBelow } from './__fixtures__/canary-scan.js';
import { OPENAI_STREAM } from './__fixtures__/frames.js';
import { startProcess } from './__fixtures__/process.js';
import type { SluiceProcess } from './__fixtures__/process.js';

/** Keys that look like none: nothing but their value tells what they are. */
const ENV = {
  SLUICE_ADMIN_KEY: 'Jw5tGb8nMz2xQk7vRc4yLd9hPf3sVu6a',
  UP_KEY: 'Cq7mw2xk9vTz4pLr8sNb3hYd6gJf1aQe',
  POOL_KEY: '0f3a9c5e7b1d2468ace013579bdf8642',
  TOKEN_SECRET: 'Xn4kTq9wZb2rLm7cVs5jHd8pGy3fRu6e',
} as const;
const SET_KEY = 'WmXqLzRtYpKsVnBcHgFdJaEuOiTrCw19';
const MESSAGES = [{ role: 'user', content: 'Hi' }];
const ADMIN_PATHS = [
  'keys',
  'orgs',
  'teams',
  'users',
  'requests',
  'providers',
  'breakers',
  'config',
  'cors',
  'audit',
  'budgets',
  'limits',
];

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token of a caller, good for five minutes. */
function token(): string {
  const exp = Math.floor(Date.now() / 1_000) + 300;
  const input = `${encode({ alg: 'HS256' })}.${encode({ iss: 'batch', aud: 'sluice', sub: 'nightly', exp })}`;
  return `${input}.${createHmac('sha256', ENV.TOKEN_SECRET).update(input).digest('base64url')}`;
}

/** A provider that repeats in every failure the key that it got. */
function echoing() {
  const coded = [
    ENV.UP_KEY,
    Buffer.from(`Bearer ${ENV.UP_KEY}`).toString('base64'),
    Buffer.from(ENV.UP_KEY).toString('hex'),
  ];
  const error = { error: { message: `Incorrect API key: ${coded.join(' ')}`, code: coded[0] } };
  const failures = [401, 400, 500, 429].map((status) => reply().status(status).json(error));
  return fakeUpstream(reply().json({ data: [] }), ...failures);
}

interface Asking {
  readonly url: string;
  readonly shown: Map<string, string>;
}

/** One call, whatever comes of it; what was answered is kept. */
async function ask(
  { url, shown }: Asking,
  path: string,
  { key, body }: { key: string; body?: object },
): Promise<string> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const init = {
    headers,
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(2_000),
  };
  const text = await fetch(url + path, init)
    .then((answer) => answer.text())
    .catch(String);
  shown.set(`${path} ${shown.size}`, text);
  return text;
}

/** What people and machines do with a gateway, good and bad. Resolves with the key that was made for it. */
async function use(asking: Asking): Promise<string> {
  const admin = ENV.SLUICE_ADMIN_KEY;
  const made = await ask({ ...asking, shown: new Map() }, '/admin/v1/keys', { key: admin, body: { name: 'caller' } });
  const { key } = JSON.parse(made) as { key: string };
  await ask(asking, '/admin/v1/providers/pool/key', { key: admin, body: { apiKey: SET_KEY } });
  await ask(asking, '/admin/v1/teams', { key: admin, body: { id: 'search', name: 'Search' } });
  for (const caller of [key, token(), key.slice(0, -1), `${token()}x`]) {
    for (const model of ['sim/echo', 'up/m', 'pool/m']) {
      await ask(asking, '/v1/chat/completions', { key: caller, body: { model, messages: MESSAGES } });
      await ask(asking, '/v1/messages', { key: caller, body: { model, messages: MESSAGES, max_tokens: 5 } });
    }
  }
  await ask(asking, '/passthrough/up/chat/completions', { key, body: { model: 'm', messages: MESSAGES } });
  await ask(asking, `/v1/models?api_key=${key}`, { key: 'sk-sluice-wrong' });
  await ask(asking, '/auth/session', { key, body: { key: admin } });
  for (const path of ADMIN_PATHS) await ask(asking, `/admin/v1/${path}`, { key: admin });
  for (const path of ['/metrics', '/health/providers', '/openapi.json', '/v1/models'])
    await ask(asking, path, { key: admin });
  return key;
}

it('I4 F40: of no secret a piece is left behind by a gateway that is killed in the middle of its work, and started again', async () => {
  const cwd = temporaryDir();
  await using upstream = await echoing();
  // Its streams are under way whenever the process is killed.
  await using slow = await fakeUpstream(reply().json({ data: [] }), reply().sse(OPENAI_STREAM.opening).silence());
  const provider = { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1` };
  const config = {
    auth: {
      jwt: [{ issuer: 'batch', audience: 'sluice', secret: { env: 'TOKEN_SECRET' } }],
      failures: { limit: 1_000 },
    },
    cache: { enabled: true },
    providers: {
      sim: { kind: 'sim' },
      slow: { kind: 'openai-compatible', baseUrl: `${slow.url}/v1`, apiKey: { env: 'UP_KEY' } },
      up: { ...provider, apiKey: { env: 'UP_KEY' } },
      pool: { ...provider, apiKeys: [{ env: 'UP_KEY' }, { env: 'POOL_KEY' }] },
    },
  };
  writeFileSync(join(cwd, 'sluice.yaml'), JSON.stringify(config));
  const shown = new Map<string, string>();
  const callers: string[] = [];
  const ended: SluiceProcess[] = [];
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    const sluice = startProcess({ cwd, env: ENV });
    const asking = { url: await sluice.listening(), shown };
    const key = await use(asking);
    callers.push(key);
    const streams = ['sim/pace-20', 'slow/m'].map((model) =>
      ask(asking, '/v1/chat/completions', { key, body: { model, messages: MESSAGES, stream: true } }),
    );
    await expect.poll(() => slow.busyConnections, { interval: 5 }).toBeGreaterThan(0);
    await sluice.stop(signal);
    await Promise.all(streams);
    ended.push(sluice);
  }
  const places = new Map<string, string | Buffer>([...shown, ...filesBelow(cwd)]);
  for (const [at, { output }] of ended.entries()) places.set(`output ${at}`, output.stdout + output.stderr);
  expect([...places.keys()].some((place) => place.endsWith('sluice.db'))).toBe(true);
  expect([...places.values()].some((text) => text.includes('[redacted]'))).toBe(true);
  expectNoPiece([...Object.values(ENV), SET_KEY, ...callers], places);
});

it('the scan finds a piece in each of its forms', () => {
  const secret = ENV.UP_KEY;
  const piece = secret.slice(7, 19);
  const forms = [
    piece,
    Buffer.from(piece).toString('hex'),
    Buffer.from(`a${piece}b`).toString('base64'),
    Buffer.from(`ab${piece}cd`).toString('base64url'),
    Buffer.from(`{"key":"${secret}"}`).toString('base64'),
  ];
  for (const form of forms) expect(() => expectNoPiece([secret], new Map([['here', `x${form}x`]]))).toThrow('here');
  expectNoPiece([secret], new Map([['here', secret.slice(0, 11)]]));
});
