import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { once } from 'node:events';
import { NONCE, fakeUpstream } from './fake-upstream.js';
import { reply } from './reply.js';

const chatUrl = (upstream: { readonly url: string }): string => `${upstream.url}/v1/chat`;
const post = (body: string, signal?: AbortSignal): RequestInit => ({ method: 'POST', body, signal: signal ?? null });

describe('fakeUpstream', () => {
  it('answers with the status, headers and body of its script', async () => {
    await using upstream = await fakeUpstream(reply().status(429).headers({ 'retry-after': '2' }).json({ no: 1 }));
    const response = await fetch(chatUrl(upstream));
    const seen = [response.status, response.headers.get('retry-after'), await response.json()];
    expect(seen).toEqual([429, '2', { no: 1 }]);
  });

  it('gives each request the next script and repeats the last', async () => {
    await using upstream = await fakeUpstream(reply().status(500), reply().body('second'));
    const answers = [];
    for (let i = 0; i < 3; i += 1) answers.push(await (await fetch(chatUrl(upstream))).text());
    expect(answers).toEqual(['', 'second', 'second']);
  });

  it('keeps what it received, byte for byte', async () => {
    await using upstream = await fakeUpstream(reply());
    await fetch(chatUrl(upstream), { ...post('{"a":"é"}'), headers: { 'X-Trace': 'one' } });
    const { method, path, headers, body } = await upstream.received();
    expect([method, path, headers['x-trace'], Buffer.from(body).toString()]).toEqual([
      'POST',
      '/v1/chat',
      'one',
      '{"a":"é"}',
    ]);
  });

  it('reads a chunked request body', async () => {
    await using upstream = await fakeUpstream(reply());
    const stream = new ReadableStream({
      start(controller) {
        for (const part of ['ab', 'cde']) controller.enqueue(Buffer.from(part));
        controller.close();
      },
    });
    await fetch(chatUrl(upstream), { method: 'POST', body: stream, duplex: 'half' });
    expect(Buffer.from((await upstream.received()).body).toString()).toBe('abcde');
  });

  it('ends an event stream properly unless it is told otherwise', async () => {
    await using upstream = await fakeUpstream(reply().sse(['data: 1\n\n', 'data: 2\n\n']).delay(1).sse('data: 3\n\n'));
    const response = await fetch(chatUrl(upstream));
    expect(await response.text()).toBe('data: 1\n\ndata: 2\n\ndata: 3\n\n');
  });

  it('breaks an event stream with a reset', async () => {
    await using upstream = await fakeUpstream(reply().sse('data: 1\n\n').reset());
    const response = await fetch(chatUrl(upstream));
    await expect(response.text()).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  });

  it('closes before the length it declared', async () => {
    await using upstream = await fakeUpstream(reply().headers({ 'content-length': '100' }).body('12345').close());
    const response = await fetch(chatUrl(upstream));
    await expect(response.text()).rejects.toThrow();
  });

  it('sends raw bytes with nothing around them', async () => {
    await using upstream = await fakeUpstream(reply().raw('HTTP/1.0 200 OK\r\n\r\nhalf').close());
    const socket = connect(upstream.port, '127.0.0.1').end('GET / HTTP/1.1\r\n\r\n');
    let text = '';
    for await (const bytes of socket) text += String(bytes);
    expect(text).toBe('HTTP/1.0 200 OK\r\n\r\nhalf');
  });

  it('can act on a connection before any request', async () => {
    await using upstream = await fakeUpstream(reply().atConnect().reset());
    const socket = connect(upstream.port, '127.0.0.1');
    const [error] = (await once(socket, 'error')) as [unknown];
    expect(error).toMatchObject({ code: 'ECONNRESET' });
  });

  it('tells that a caller left during silence', async () => {
    await using upstream = await fakeUpstream(reply().head().silence());
    const leaving = new AbortController();
    await fetch(chatUrl(upstream), post('{}', leaving.signal));
    leaving.abort();
    expect([await upstream.wasAborted(), await upstream.closedWithin(20_000)]).toEqual([true, true]);
  });

  it('does not call a caller that got its whole answer gone', async () => {
    await using upstream = await fakeUpstream(reply().body('ok').close());
    await (await fetch(chatUrl(upstream))).text();
    expect([await upstream.closedWithin(20_000), await upstream.wasAborted(0)]).toEqual([true, false]);
  });

  it('says when a request does not come', async () => {
    await using upstream = await fakeUpstream(reply());
    await expect(upstream.received(1, 1)).rejects.toThrow('did not arrive');
  });

  it('leaves a script that is extended as it was', async () => {
    const base = reply().headers({ a: '1' });
    base.headers({ b: '2' }).sse('data: 1\n\n');
    expect(Buffer.from((base.script.actions[0] as { bytes: Uint8Array }).bytes).toString()).not.toContain('b: 2');
  });
});

describe('NONCE', () => {
  it('stands for what the request says in its place', async () => {
    await using upstream = await fakeUpstream(reply().json({ id: NONCE }));
    const ask = async (body: string): Promise<unknown> => (await fetch(chatUrl(upstream), post(body))).json();
    const answers = [await ask('nonce-0123456789ab'), await ask('none')];
    expect(answers).toEqual([{ id: 'nonce-0123456789ab' }, { id: NONCE }]);
  });
});

describe('busyConnections', () => {
  it('counts those whose reply is not over', async () => {
    await using upstream = await fakeUpstream(reply().body('over'), reply().silence());
    await (await fetch(chatUrl(upstream))).text();
    const idle = upstream.busyConnections;
    const leaving = new AbortController();
    const left = fetch(chatUrl(upstream), { signal: leaving.signal }).catch(String);
    await upstream.received(2);
    const busy = upstream.busyConnections;
    leaving.abort();
    await left;
    await upstream.wasAborted();
    await expect.poll(() => [idle, busy, upstream.busyConnections]).toEqual([0, 1, 0]);
  });
});
