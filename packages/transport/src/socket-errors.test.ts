import { createServer } from 'node:net';
import { once } from 'node:events';
import { fakeUpstream, reply } from '@sluice/testkit';
import type { Reply } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { codeOf, openTransport, post, text } from './__fixtures__/sending.js';

const OK = 'HTTP/1.1 200 OK\r\n';

/** The code of the failure that an upstream of this script causes. */
async function failureOf(script: Reply): Promise<unknown> {
  await using upstream = await fakeUpstream(script);
  await using transport = openTransport();
  return await codeOf(post(transport, upstream).then((response) => text(response)));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

describe('a provider that cannot be reached', () => {
  it('refuses the connection', async () => {
    await using transport = openTransport();
    const sent = post(transport, { url: `http://127.0.0.1:${await freePort()}` });
    expect(await codeOf(sent)).toBe('upstream_connection_error');
  });

  it('takes the connection and then says nothing: TLS never comes about', async () => {
    await using upstream = await fakeUpstream(reply().silence());
    await using transport = openTransport();
    const request = { method: 'POST', url: new URL(upstream.url.replace('http', 'https')), headers: {} } as const;
    const sent = transport.send(request, { connectTimeoutMs: 50 }, new AbortController().signal);
    expect(await codeOf(sent)).toBe('upstream_timeout');
  });

  it('has no name in the DNS', async () => {
    await using transport = openTransport();
    expect(await codeOf(post(transport, { url: 'http://nobody.invalid' }))).toBe('upstream_connection_error');
  });

  it.for<readonly [string, Reply]>([
    ['resets at once', reply().atConnect().reset()],
    ['resets before the head', reply().reset()],
    ['leaves before the head', reply().close()],
    ['leaves inside the head', reply().raw(`${OK}content-le`).close()],
  ])('%s', async ([, script]) => {
    expect(await failureOf(script)).toBe('upstream_connection_error');
  });

  it('is met again after it failed', async () => {
    await using upstream = await fakeUpstream(reply().close(), reply().body('back'));
    await using transport = openTransport();
    const answers = [await codeOf(post(transport, upstream)), await text(await post(transport, upstream))];
    expect(answers).toEqual(['upstream_connection_error', 'back']);
  });
});

describe('an answer that was cut', () => {
  it.for<readonly [string, Reply]>([
    ['is shorter than it said', reply().headers({ 'content-length': '100' }).body('12345').close()],
    ['lacks its last chunk', reply().sse('data: 1\n\n').close()],
    ['ends inside a chunk', reply().head().raw('ff\r\nhalf').close()],
    ['ends with a reset', reply().sse('data: 1\n\n').delay(10).reset()],
  ])('%s', async ([, script]) => {
    expect(await failureOf(script)).toBe('upstream_truncated');
  });
});

describe('an answer that breaks the rules of HTTP', () => {
  it.for<readonly [string, string]>([
    ['both a length and chunks', `${OK}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`],
    ['two lengths', `${OK}content-length: 5\r\ncontent-length: 6\r\n\r\nhello`],
    ['bare line feeds', 'HTTP/1.1 200 OK\ncontent-length: 5\n\nhello'],
    ['a chunk size that is no number', `${OK}transfer-encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n`],
    ['a header of 20 KB', `${OK}x: ${'y'.repeat(20_000)}\r\ncontent-length: 0\r\n\r\n`],
    ['garbage', '\x00garbage\r\n\r\n'],
    ['status 0', 'HTTP/1.1 0 Odd\r\ncontent-length: 0\r\n\r\n'],
    ['a 100 that nobody asked for', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['an upgrade that nobody asked for', 'HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'],
  ])('is refused: %s', async ([, bytes]) => {
    expect(await failureOf(reply().raw(bytes))).toBe('upstream_invalid_response');
  });
});
