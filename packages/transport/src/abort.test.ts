import { getEventListeners } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { gatewayError } from '@sluice/contract';
import { fakeUpstream, reply } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { codeOf, openTransport, post, text } from './__fixtures__/sending.js';

const LEFT = gatewayError('client_closed_request');

describe('a signal that aborts', () => {
  it('before the call keeps it from being made', async () => {
    await using upstream = await fakeUpstream(reply());
    await using transport = openTransport();
    const sent = post(transport, upstream, { signal: AbortSignal.abort(LEFT) });
    await expect(sent).rejects.toBe(LEFT);
    expect(upstream.acceptedConnections).toBe(0);
  });

  it('before the connection stands keeps the request from being sent', async () => {
    await using upstream = await fakeUpstream(reply());
    await using transport = openTransport();
    const leaving = new AbortController();
    const sent = post(transport, upstream, { signal: leaving.signal });
    leaving.abort(LEFT);
    await expect(sent).rejects.toBe(LEFT);
    await expect(upstream.received(1, 50)).rejects.toThrow('did not arrive');
  });

  it('while a place in the pool is awaited gives the place to the next', async () => {
    await using upstream = await fakeUpstream(reply().delay(30).body('first'), reply().body('third'));
    const transport = openTransport({ maxConnectionsPerOrigin: 1 });
    const leaving = new AbortController();
    const first = post(transport, upstream);
    const second = codeOf(post(transport, upstream, { signal: leaving.signal, request: { body: 'second' } }));
    const third = post(transport, upstream, { request: { body: 'third' } });
    leaving.abort(LEFT);
    const answers = [await text(await first), await second, await text(await third)];
    const bodies = upstream.requests.map(({ body }) => Buffer.from(body).toString());
    expect([answers, bodies]).toEqual([
      ['first', 'client_closed_request', 'third'],
      ['{}', 'third'],
    ]);
    await transport.close();
  });

  it('before the head closes the upstream', async () => {
    await using upstream = await fakeUpstream(reply().delay(60_000));
    await using transport = openTransport();
    const leaving = new AbortController();
    const sent = post(transport, upstream, { signal: leaving.signal });
    await upstream.received();
    leaving.abort(LEFT);
    await expect(sent).rejects.toBe(LEFT);
    expect([await upstream.wasAborted(), await upstream.closedWithin(20_000)]).toEqual([true, true]);
  });

  it('while a stream is read closes the upstream and rejects the read with its reason', async () => {
    await using upstream = await fakeUpstream(reply().sse('data: 1\n\n').silence());
    await using transport = openTransport();
    const leaving = new AbortController();
    const { body } = await post(transport, upstream, { signal: leaving.signal });
    const reads = body[Symbol.asyncIterator]();
    await reads.next();
    const pending = reads.next();
    leaving.abort(LEFT);
    await expect(pending).rejects.toBe(LEFT);
    expect([await upstream.wasAborted(), await upstream.closedWithin(20_000)]).toEqual([true, true]);
  });

  it('while a whole body is awaited closes the upstream and rejects with its reason', async () => {
    await using upstream = await fakeUpstream(reply().head().silence());
    await using transport = openTransport();
    const leaving = new AbortController();
    const { body } = await post(transport, upstream, { signal: leaving.signal });
    const pending = body.bytes(10);
    leaving.abort(LEFT);
    await expect(pending).rejects.toBe(LEFT);
    expect(await upstream.closedWithin(20_000)).toBe(true);
  });

  it('between head and body rejects the body when it is asked for', async () => {
    await using upstream = await fakeUpstream(reply().head().silence());
    await using transport = openTransport();
    const leaving = new AbortController();
    const { body } = await post(transport, upstream, { signal: leaving.signal });
    leaving.abort(LEFT);
    await expect(body.bytes(10)).rejects.toBe(LEFT);
  });

  it('with a reason that is no error still rejects with one that holds it', async () => {
    await using upstream = await fakeUpstream(reply().head().silence());
    await using transport = openTransport();
    const leaving = new AbortController();
    const { body } = await post(transport, upstream, { signal: leaving.signal });
    leaving.abort('gone');
    await expect(body.bytes(10)).rejects.toMatchObject({ message: 'aborted', cause: 'gone' });
  });

  it('is listened to no longer than the exchange lasts', async () => {
    await using upstream = await fakeUpstream(reply().body('whole'), reply().close());
    await using transport = openTransport();
    const { signal } = new AbortController();
    await text(await post(transport, upstream, { signal }));
    await codeOf(post(transport, upstream, { signal }));
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('after the end changes nothing', async () => {
    await using upstream = await fakeUpstream(reply().body('whole'));
    await using transport = openTransport();
    const leaving = new AbortController();
    const response = await post(transport, upstream, { signal: leaving.signal });
    const seen = await text(response);
    leaving.abort(LEFT);
    await setImmediate();
    expect([seen, await text(await post(transport, upstream)), upstream.acceptedConnections]).toEqual([
      'whole',
      'whole',
      1,
    ]);
  });
});

describe('a reader that leaves', () => {
  it('by cancel closes the upstream, however often it says so', async () => {
    await using upstream = await fakeUpstream(reply().sse('data: 1\n\n').silence());
    await using transport = openTransport();
    const { body } = await post(transport, upstream);
    body.cancel();
    body.cancel();
    expect([await upstream.wasAborted(), await upstream.closedWithin(20_000)]).toEqual([true, true]);
  });

  it('by breaking out of its loop closes the upstream', async () => {
    await using upstream = await fakeUpstream(reply().sse('data: 1\n\n').silence());
    await using transport = openTransport();
    for await (const _ of (await post(transport, upstream)).body) break;
    expect([await upstream.wasAborted(), await upstream.closedWithin(20_000)]).toEqual([true, true]);
  });

  it('after the end keeps the connection', async () => {
    await using upstream = await fakeUpstream(reply().body('whole'));
    await using transport = openTransport();
    const response = await post(transport, upstream);
    await text(response);
    response.body.cancel();
    await setImmediate();
    await text(await post(transport, upstream));
    expect(upstream.acceptedConnections).toBe(1);
  });
});
