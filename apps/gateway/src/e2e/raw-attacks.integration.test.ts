import { once } from 'node:events';
import { connect } from 'node:net';
import { fakeUpstream, reply } from '@sluice/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';

const upstream = await fakeUpstream(reply().json({ data: [] }), reply().json({ ok: true }));
const gateway = await startGateway({
  server: { bodyLimitBytes: 10_000 },
  providers: { up: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1`, apiKey: { env: 'UPSTREAM_KEY' } } },
});
await upstream.received(1);
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});
const port = Number(new URL(gateway.url).port);

/** Sends bytes as they are; resolves with all that came back. */
async function tell(lines: readonly string[], body = ''): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  socket.write([...lines, 'connection: close', '', body].join('\r\n'), 'latin1');
  await once(socket, 'close');
  return text;
}
const get = (target: string, more: readonly string[] = []): Promise<string> =>
  tell([`GET ${target} HTTP/1.1`, 'host: x', `authorization: Bearer ${gateway.key}`, ...more]);
const statusOf = (answer: string): number => Number(answer.slice(9, 12));
const lastCall = () => upstream.requests.at(-1);

describe('a path that leads out of the provider', () => {
  it.for([
    '/passthrough/up/../../admin',
    '/passthrough/up/v1/../../../x',
    '/passthrough/up/..%2f..%2fx',
    '/passthrough/up/%2e%2e/%2e%2e/x',
    '/passthrough/up/.%2e/x',
    '/passthrough/up/%252e%252e%252fx',
    '/passthrough/up/..\\..\\x',
    '/passthrough/up/..%5c..%5cx',
    '/passthrough/up//evil.test/x',
    '/passthrough/up/%2f%2fevil.test/x',
    '/passthrough/up/http://evil.test/x',
    '/passthrough/up/http:%2f%2fevil.test/x',
    '/passthrough/up/..;/x',
    '/passthrough/up/x%00',
    '/passthrough/up/x%0d%0ahost:%20evil.test',
    '/passthrough/up/%c0%ae%c0%ae/x',
    '/passthrough/up/%',
  ])('is refused: %s', async (target) => {
    const before = upstream.requests.length;
    const answer = await get(target);
    expect([statusOf(answer), /"code":"(\w+)"/.exec(answer)?.[1]]).toEqual([400, 'unsafe_url']);
    expect(upstream.requests.length).toBe(before);
  });

  it('with its own host in front counts by its path alone, and asks nobody else', async () => {
    expect(statusOf(await get('http://x/passthrough/up/v1/files'))).toBe(200);
    expect(lastCall()).toMatchObject({ path: '/v1/files', headers: { host: `127.0.0.1:${upstream.port}` } });
    expect(statusOf(await get('http://x/passthrough/up/../../metrics'))).toBe(403);
  });

  it.for(['/passthrough/', '/passthrough', '/passthrough/%75p/x', '/passthrough/../up/x', '/passthrough/up%2fx'])(
    'names no provider: %s',
    async (target) => {
      const before = upstream.requests.length;
      expect(statusOf(await get(target))).toBe(404);
      expect(upstream.requests.length).toBe(before);
    },
  );
});

describe('what goes to the provider', () => {
  it('holds no credential, cookie, proxy or hop of the caller', async () => {
    const headers = [
      'cookie: a=b',
      'forwarded: for=1.2.3.4',
      'x-forwarded-for: 1.2.3.4',
      'x-forwarded-host: evil.test',
      'x-real-ip: 1.2.3.4',
      'proxy-authorization: Basic eA==',
      'te: trailers',
      'keep-alive: timeout=5',
      'upgrade: h2c',
      'openai-organization: theirs',
      'openai-project: theirs',
      'x-sluice-tags: a',
      'x-internal: yes',
      'expect-ct: x',
      'accept-encoding: gzip',
      'range: bytes=0-1',
    ];
    expect(statusOf(await get('/passthrough/up/v1/files', headers))).toBe(200);
    expect(Object.keys(lastCall()?.headers ?? {}).toSorted()).toEqual([
      'accept-encoding',
      'authorization',
      'connection',
      'host',
      'range',
      'traceparent',
    ]);
    expect(lastCall()?.headers).toMatchObject({ authorization: 'Bearer sk-upstream', 'accept-encoding': 'identity' });
  });

  it('has no key of the caller in its query', async () => {
    const before = upstream.requests.length;
    const answer = await get(`/passthrough/up/v1/files?key=${gateway.key}`);
    expect([statusOf(answer), upstream.requests.length]).toEqual([400, before]);
  });

  it('is as large as allowed', async () => {
    const before = upstream.requests.length;
    const post = ['POST /passthrough/up/v1/files HTTP/1.1', 'host: x', `x-api-key: ${gateway.key}`];
    const announced = await tell([...post, 'content-length: 10001'], 'x'.repeat(10_001));
    const chunk = `2800\r\n${'x'.repeat(0x2800)}\r\n0\r\n\r\n`;
    const unannounced = await tell([...post, 'transfer-encoding: chunked'], chunk);
    expect([statusOf(announced), statusOf(unannounced), upstream.requests.length]).toEqual([413, 413, before]);
  });

  it.for(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'POST'])('is what was asked by %s', async (method) => {
    const head = [`${method} /passthrough/up/v1/things/a%20b?x=%20+ HTTP/1.1`, 'host: x', `api-key: ${gateway.key}`];
    const answer = await tell([...head, 'content-type: text/x', 'content-length: 4'], '\u0000\u00ff\r\n');
    expect(statusOf(answer)).toBe(200);
    expect(lastCall()).toMatchObject({
      method,
      path: '/v1/things/a%20b?x=%20+',
      headers: { 'content-type': 'text/x' },
    });
    expect(Buffer.from(lastCall()?.body ?? '').toString('latin1')).toBe('\u0000\u00ff\r\n');
  });

  it.for(['TRACE', 'PROPFIND', 'LOCK'])('is not asked by %s', async (method) => {
    const answer = await tell([`${method} /passthrough/up/v1/x HTTP/1.1`, 'host: x', `x-api-key: ${gateway.key}`]);
    expect([statusOf(answer), /allow: (.*)/i.exec(answer)?.[1]]).toEqual([
      405,
      'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
    ]);
  });
});

it('needs a key, whatever the path', async () => {
  const before = upstream.requests.length;
  for (const path of ['/passthrough/up/v1/files', '/passthrough/nobody/x', '/passthrough/up/../x']) {
    expect(statusOf(await tell([`GET ${path} HTTP/1.1`, 'host: x']))).toBe(401);
  }
  expect(upstream.requests.length).toBe(before);
});

describe('a recording that passes as it is', () => {
  const part = (lines: string, value = 'm'): string =>
    `--b\r\nContent-Disposition: form-data${lines}\r\n\r\n${value}\r\n`;
  const sound = part('; name="file"; filename="a.wav"\r\nContent-Type: audio/wav', 'RIFF');
  const transcribe = async (type: string, parts: string): Promise<string> => {
    const body = `${parts}${sound}--b--\r\n`;
    const head = ['POST /passthrough/up/v1/audio/transcriptions HTTP/1.1', 'host: x', `api-key: ${gateway.key}`];
    return tell([...head, `content-type: ${type}`, `content-length: ${body.length}`], body);
  };
  const FORM = 'multipart/form-data; boundary=b';
  const MODEL = part('; name="model"');

  it('goes on where it means one thing', async () => {
    const before = upstream.requests.length;
    expect(statusOf(await transcribe(FORM, MODEL))).toBe(200);
    expect(upstream.requests.length).toBe(before + 1);
  });

  it.for([
    [FORM, part('; x="; name=prompt"; name="model"')],
    [FORM, part('; filename="; name=model"; name="file"')],
    [FORM, part('; name="prompt"\r\nContent-Disposition: form-data; name="model"')],
    [FORM, part('; name="\xff"')],
    [`${FORM}; boundary=other`, ''],
  ] as const)('does not where two readers find two models: %s %s', async ([type, odd]) => {
    const before = upstream.requests.length;
    expect(statusOf(await transcribe(type, MODEL + odd))).toBe(400);
    expect(upstream.requests.length).toBe(before);
  });
});
