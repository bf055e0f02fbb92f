import { once } from 'node:events';
import { createServer } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { fakeUpstream, reply } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { codeOf, openTransport, post, text } from './__fixtures__/sending.js';

const SSE = ['data: 1\n\n', 'data: 2\n\n'];

describe('forget', () => {
  it('closes idle sockets, and the next request there opens a new one', async () => {
    await using upstream = await fakeUpstream(reply().body('ok'));
    await using transport = openTransport();
    const url = new URL('/v1/chat', upstream.url);
    await text(await post(transport, upstream, { request: { url } }));
    await transport.forget(url.origin);
    expect(await upstream.closedWithin(3_000)).toBe(true);
    expect(await text(await post(transport, upstream, { request: { url } }))).toBe('ok');
    expect(upstream.acceptedConnections).toBe(2);
  });

  it('lets what is in flight end', async () => {
    await using upstream = await fakeUpstream(reply().sse(SSE.slice(0, 1)).delay(50).sse(SSE.slice(1)));
    await using transport = openTransport();
    const { body } = await post(transport, upstream);
    const forgotten = transport.forget(new URL(upstream.url).origin);
    expect(Buffer.from(await body.bytes(100)).toString()).toBe(SSE.join(''));
    await forgotten;
  });

  it('leaves other origins as they are', async () => {
    await using upstream = await fakeUpstream(reply().body('ok'));
    await using transport = openTransport();
    await text(await post(transport, upstream));
    await setImmediate();
    await transport.forget('http://127.0.0.1:9');
    await text(await post(transport, upstream));
    expect(upstream.acceptedConnections).toBe(1);
  });

  it('does not keep what it let go from being closed', async () => {
    await using upstream = await fakeUpstream(reply().silence());
    const transport = openTransport();
    const pending = codeOf(post(transport, upstream));
    await upstream.received();
    const forgotten = transport.forget(new URL(upstream.url).origin);
    await transport.close();
    await forgotten;
    expect(await pending).toBe('upstream_connection_error');
  });
});

describe('close', () => {
  it('ends what is in flight', async () => {
    await using upstream = await fakeUpstream(reply().head().silence());
    const transport = openTransport();
    const { body } = await post(transport, upstream);
    const reading = codeOf(body.bytes(10));
    await transport.close();
    expect([await reading, await upstream.closedWithin(20_000)]).toEqual(['upstream_truncated', true]);
  });

  it('refuses what comes afterwards', async () => {
    await using upstream = await fakeUpstream(reply().body('ok'));
    const transport = openTransport();
    const request = { url: new URL(upstream.url) };
    await text(await post(transport, upstream, { request }));
    await transport.close();
    expect(await codeOf(post(transport, upstream, { request }))).toBe('upstream_connection_error');
  });

  it('leaves idle keep-alive connections behind it closed', async () => {
    const server = createServer((_, res) => res.end('ok')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const transport = openTransport();
    await text(await post(transport, { url: `http://127.0.0.1:${port}` }));
    await transport.close();
    server.close();
    await once(server, 'close');
    expect(server.listening).toBe(false);
  });
});
