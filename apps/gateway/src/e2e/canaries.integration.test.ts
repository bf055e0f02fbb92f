import { fakeUpstream, reply } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';
import type { TestGateway } from './__fixtures__/gateway.js';
import { expectNoSecret } from './__fixtures__/invariants.js';

/** Keys that look like none: nothing but their value tells what they are. */
const CANARIES = {
  UP_KEY: 'Cq7mw2xk9vTz4pLr8sNb3hYd6gJf1aQe',
  POOL_KEY: '0f3a9c5e7b1d2468ace013579bdf8642',
  SET_KEY: 'WmXqLzRtYpKsVnBcHgFdJaEuOiTrCw19',
} as const;
const CHAT = { model: 'up/m', messages: [{ role: 'user', content: 'Hi' }] };
const pieces = (secret: string): readonly string[] =>
  Array.from({ length: secret.length - 11 }, (_, at) => secret.slice(at, at + 12));

/** An upstream that repeats in every failure the key that it got, whole, in pieces and coded. */
async function echoing(secret: string) {
  const coded = [
    `Incorrect API key provided: ${secret}.`,
    `It ends with ${secret.slice(-14)}`,
    Buffer.from(`Bearer ${secret}`).toString('base64'),
    Buffer.from(secret).toString('hex'),
  ].join(' | ');
  const error = { error: { message: coded, type: coded, code: coded, param: coded } };
  return fakeUpstream(
    reply().json({ data: [] }),
    ...[400, 401, 403, 404, 422, 429, 500, 503].map((status) => reply().status(status).json(error)),
    reply().sse([
      'data: {"id":"a","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n',
      `data: ${JSON.stringify(error)}\n\n`,
    ]),
    reply().status(418).headers({ 'content-type': 'text/html' }).body(`<html>${coded}</html>`),
  );
}

/** What callers and operators can read, whoever asks. */
async function everythingShown(gateway: TestGateway): Promise<ReadonlyMap<string, string>> {
  const paths = [
    '/health/live',
    '/health/ready',
    '/healthz',
    '/readyz',
    '/health/providers',
    '/metrics',
    '/openapi.json',
    '/v1/models',
    '/v1/models/up',
    '/admin/v1/keys',
    '/admin/v1/requests',
    '/admin/v1/providers',
    '/admin/v1/breakers',
    '/admin/v1/config',
    '/admin/v1/cors',
    '/admin/v1/audit',
    '/debug/pprof',
    '/info',
    '/config',
    '/.env',
  ];
  const shown = new Map<string, string>();
  for (const path of paths) {
    for (const key of [undefined, gateway.key, gateway.adminKey]) {
      const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
      const answer = await fetch(gateway.url + path, { headers });
      const text = `${JSON.stringify([...answer.headers])} ${await answer.text()}`;
      shown.set(`${path} as ${key === undefined ? 'nobody' : key === gateway.key ? 'caller' : 'operator'}`, text);
    }
  }
  return shown;
}

describe('CVE-2025-11203, CVE-2024-9606: canaries in place of every secret (J-30, L-10, I4)', () => {
  it('show up in no answer, no file, no line and no figure, whatever an upstream repeats', async () => {
    const upstream = await echoing(CANARIES.UP_KEY);
    const provider = { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1`, allowPrivateNetwork: true };
    const gateway = await startGateway(
      {
        providers: {
          up: { ...provider, apiKey: { env: 'UP_KEY' } },
          pool: { ...provider, apiKeys: [{ env: 'UP_KEY' }, { env: 'POOL_KEY' }] },
          sim: { kind: 'sim' },
        },
        models: {
          all: {
            targets: [
              { provider: 'up', model: 'm' },
              { provider: 'pool', model: 'm' },
            ],
          },
        },
      },
      CANARIES,
    );
    const shown = new Map<string, string>();
    const keep = async (what: string, answer: Response): Promise<void> => {
      shown.set(what, `${JSON.stringify([...answer.headers])} ${await answer.text().catch(String)}`);
    };
    const admin = { headers: { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json' } };
    await keep(
      'set',
      await fetch(`${gateway.url}/admin/v1/providers/pool/key`, {
        method: 'POST',
        ...admin,
        body: JSON.stringify({ apiKey: CANARIES.SET_KEY }),
      }),
    );
    await keep('good', await gateway.call('/v1/chat/completions', { ...CHAT, model: 'sim/echo' }));
    await keep('refused', await gateway.call('/v1/chat/completions', { ...CHAT, model: 1 }));
    await keep(
      'wrong key',
      await gateway.call('/v1/chat/completions', CHAT, { headers: { 'x-api-key': gateway.key.slice(0, -1) } }),
    );
    for (let turn = 0; turn < 9; turn += 1) {
      await keep(`plain ${turn}`, await gateway.call('/v1/chat/completions', CHAT));
      await keep(`raw ${turn}`, await gateway.call('/passthrough/up/chat/completions', { ...CHAT, model: 'm' }));
      await keep(`stream ${turn}`, await gateway.call('/v1/chat/completions', { ...CHAT, stream: true }));
      await keep(`other dialect ${turn}`, await gateway.call('/v1/messages', { ...CHAT, max_tokens: 9 }));
      await keep(`alias ${turn}`, await gateway.call('/v1/chat/completions', { ...CHAT, model: 'all' }));
    }
    expect([...shown.values()].some((text) => text.includes('[redacted]'))).toBe(true);
    for (const [what, text] of await everythingShown(gateway)) shown.set(what, text);
    const secrets = [...Object.values(CANARIES), gateway.key, gateway.adminKey];
    const found = [...shown].filter(([, text]) =>
      secrets.some((secret) => pieces(secret).some((piece) => text.includes(piece))),
    );
    expect(found.map(([what]) => what)).toEqual([]);
    const metrics = await gateway.metrics();
    await gateway.stop();
    expectNoSecret(gateway, metrics);
    await gateway.close();
    await upstream.close();
  });
});
