import { setImmediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { fakeUpstream, reply } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { codeOf, openTransport, post, text } from './__fixtures__/sending.js';

const SSE = ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n'];

async function readAll(body: AsyncIterable<Uint8Array>): Promise<readonly string[]> {
  const reads: string[] = [];
  for await (const read of body) reads.push(Buffer.from(read).toString());
  return reads;
}

describe('a request', () => {
  it('arrives with its method, path, query, headers and body', async () => {
    await using upstream = await fakeUpstream(reply());
    await using transport = openTransport();
    const url = new URL('/v1/chat?beta=1', upstream.url);
    await post(transport, upstream, { request: { url, headers: { 'x-trace': 'a' }, body: '{"a":"é"}' } });
    const { method, path, headers, body } = await upstream.received();
    expect([method, path, headers['x-trace'], headers['content-length'], Buffer.from(body).toString()]).toEqual([
      'POST',
      '/v1/chat?beta=1',
      'a',
      '10',
      '{"a":"é"}',
    ]);
  });

  it('goes out in pieces as one body of one length', async () => {
    await using upstream = await fakeUpstream(reply());
    await using transport = openTransport();
    const pieces = ['{"model":', '"m"', '', ',"n":1}'].map((piece) => Buffer.from(piece));
    await post(transport, upstream, { request: { body: pieces } });
    const { headers, body } = await upstream.received();
    expect([headers['content-length'], headers['transfer-encoding'], Buffer.from(body).toString()]).toEqual([
      '19',
      undefined,
      '{"model":"m","n":1}',
    ]);
  });

  it('may have no body', async () => {
    await using upstream = await fakeUpstream(reply().json({ data: [] }));
    await using transport = openTransport();
    const request = { method: 'GET', url: new URL('/v1/models', upstream.url), headers: {} } as const;
    const response = await transport.send(request, { connectTimeoutMs: 1_000 }, new AbortController().signal);
    expect([await text(response), upstream.requests[0]?.method]).toEqual(['{"data":[]}', 'GET']);
  });

  it('uses the connection of the one before it', async () => {
    await using upstream = await fakeUpstream(reply().body('ok'));
    await using transport = openTransport();
    const url = new URL('/v1/chat', upstream.url);
    for (let i = 0; i < 3; i += 1) {
      await text(await post(transport, upstream, { request: { url } }));
      await setImmediate();
    }
    expect([upstream.requests.length, upstream.acceptedConnections]).toEqual([3, 1]);
  });

  it('follows the same address with another connect timeout', async () => {
    await using upstream = await fakeUpstream(reply().body('ok'));
    await using transport = openTransport();
    const request = { method: 'GET', url: new URL(upstream.url), headers: {} } as const;
    for (const connectTimeoutMs of [500, 1_000]) {
      await text(await transport.send(request, { connectTimeoutMs }, new AbortController().signal));
    }
    expect(upstream.requests).toHaveLength(2);
  });

  it('opens no more connections than it may', async () => {
    await using upstream = await fakeUpstream(reply().delay(5).body('ok'));
    const transport = openTransport({ maxConnectionsPerOrigin: 2 });
    await Promise.all(Array.from({ length: 6 }, async () => text(await post(transport, upstream))));
    expect([upstream.requests.length, upstream.acceptedConnections]).toEqual([6, 2]);
    await transport.close();
  });
});

describe('a plain answer', () => {
  it('has its status, its headers in lower case and its body', async () => {
    await using upstream = await fakeUpstream(reply().status(429).headers({ 'Retry-After': '2' }).json({ no: 1 }));
    await using transport = openTransport();
    const response = await post(transport, upstream);
    expect([response.head.status, response.head.headers['retry-after'], await text(response)]).toEqual([
      429,
      '2',
      '{"no":1}',
    ]);
  });

  it('joins a header that came twice', async () => {
    const head = 'HTTP/1.1 200 OK\r\nx-a: 1\r\nX-A: 2\r\ncontent-length: 0\r\n\r\n';
    await using upstream = await fakeUpstream(reply().raw(head));
    await using transport = openTransport();
    expect((await post(transport, upstream)).head.headers['x-a']).toBe('1, 2');
  });

  it('may be empty', async () => {
    await using upstream = await fakeUpstream(reply().status(204));
    await using transport = openTransport();
    expect(await text(await post(transport, upstream))).toBe('');
  });

  it('is awaited past informational heads', async () => {
    const hints = 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'.repeat(3);
    await using upstream = await fakeUpstream(reply().raw(hints).raw('HTTP/1.1 199 Odd\r\n\r\n').body('the real one'));
    await using transport = openTransport();
    const response = await post(transport, upstream);
    expect([response.head.status, await text(response)]).toEqual([200, 'the real one']);
  });

  it.for([301, 302, 303, 307, 308])('of status %d leads nowhere', async (status) => {
    await using elsewhere = await fakeUpstream(reply().body('stolen'));
    await using upstream = await fakeUpstream(
      reply().status(status).headers({ location: elsewhere.url }).body('moved'),
    );
    await using transport = openTransport();
    const response = await post(transport, upstream, { request: { headers: { authorization: 'Bearer k' } } });
    const seen = [response.head.status, await text(response), elsewhere.acceptedConnections];
    expect(seen).toEqual([status, 'moved', 0]);
  });

  it('without a length ends with its connection', async () => {
    await using upstream = await fakeUpstream(reply().raw('HTTP/1.0 200 OK\r\n\r\n{"half":').close());
    await using transport = openTransport();
    expect(await text(await post(transport, upstream))).toBe('{"half":');
  });

  it('that is longer than it said costs the next request nothing but a new connection', async () => {
    const lying = reply().headers({ 'content-length': '5' }).body('helloSMUGGLED');
    await using upstream = await fakeUpstream(lying, reply().body('mine'));
    await using transport = openTransport();
    const answers = [await text(await post(transport, upstream)), await text(await post(transport, upstream))];
    expect([answers, upstream.acceptedConnections]).toEqual([['hello', 'mine'], 2]);
  });

  it('is unpacked where the provider packed it unasked', async () => {
    const packed = reply().headers({ 'content-encoding': 'gzip' }).body(gzipSync('{"ok":true}'));
    await using upstream = await fakeUpstream(packed);
    await using transport = openTransport();
    expect(await text(await post(transport, upstream))).toBe('{"ok":true}');
  });

  it('is refused when it unpacks to more than is wanted', async () => {
    const bomb = reply()
      .headers({ 'content-encoding': 'gzip' })
      .body(gzipSync(Buffer.alloc(1_000_000)));
    await using upstream = await fakeUpstream(bomb);
    await using transport = openTransport();
    expect(await codeOf(text(await post(transport, upstream), 10_000))).toBe('upstream_invalid_response');
  });

  it('larger than is wanted is refused while it still comes, and its connection closed', async () => {
    const endless = reply()
      .head()
      .raw('1000\r\n' + 'x'.repeat(4_096) + '\r\n');
    await using upstream = await fakeUpstream(
      endless
        .delay(5)
        .raw('1000\r\n' + 'x'.repeat(4_096) + '\r\n')
        .silence(),
    );
    await using transport = openTransport();
    const code = await codeOf(text(await post(transport, upstream), 6_000));
    expect([code, await upstream.closedWithin(20_000)]).toEqual(['upstream_invalid_response', true]);
  });

  it('larger than is wanted is refused also when it has arrived whole before anybody asked', async () => {
    await using upstream = await fakeUpstream(reply().body('a body of some length'));
    await using transport = openTransport();
    const response = await post(transport, upstream);
    expect(await codeOf(text(response, 5))).toBe('upstream_invalid_response');
  });

  it('may be asked for late', async () => {
    await using upstream = await fakeUpstream(reply().body('early'));
    await using transport = openTransport();
    const response = await post(transport, upstream);
    await upstream.received();
    expect(await text(response)).toBe('early');
  });
});

describe('a streamed answer', () => {
  it('comes read by read', async () => {
    await using upstream = await fakeUpstream(
      reply()
        .sse(SSE[0] as string)
        .delay(20)
        .sse(SSE.slice(1)),
    );
    await using transport = openTransport();
    const reads = await readAll((await post(transport, upstream)).body);
    expect([reads[0], reads.join('')]).toEqual([SSE[0], SSE.join('')]);
  });

  it('hands over as one piece what arrived as one', async () => {
    const chunks = SSE.map((frame) => `${frame.length.toString(16)}\r\n${frame}\r\n`).join('');
    const head = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
    await using upstream = await fakeUpstream(reply().raw(head).delay(20).raw(`${chunks}0\r\n\r\n`));
    await using transport = openTransport();
    expect(await readAll((await post(transport, upstream)).body)).toEqual([SSE.join('')]);
  });

  it('says again and again that it is over', async () => {
    await using upstream = await fakeUpstream(reply().sse(SSE[0] as string));
    await using transport = openTransport();
    const reads = (await post(transport, upstream)).body[Symbol.asyncIterator]();
    await reads.next();
    const ends = [await reads.next(), await reads.next()];
    expect(ends).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
  });

  it('ends on a connection that the next request can use', async () => {
    await using upstream = await fakeUpstream(reply().sse(SSE));
    await using transport = openTransport();
    for (let i = 0; i < 2; i += 1) {
      await readAll((await post(transport, upstream)).body);
      await setImmediate();
    }
    expect(upstream.acceptedConnections).toBe(1);
  });

  it('hands over what came before a break, then the break', async () => {
    await using upstream = await fakeUpstream(
      reply()
        .sse(SSE[0] as string)
        .delay(20)
        .reset(),
    );
    await using transport = openTransport();
    const reads = (await post(transport, upstream)).body[Symbol.asyncIterator]();
    const first = await reads.next();
    expect(Buffer.from(first.value as Uint8Array).toString()).toBe(SSE[0]);
    expect([await codeOf(reads.next()), await codeOf(reads.next())]).toEqual([
      'upstream_truncated',
      'upstream_truncated',
    ]);
  });
});
