import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { reply } from '@sluice/testkit';
import type { Reply } from '@sluice/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CHAT, chat, request } from './__fixtures__/corpus/bad-input.js';
import { ANTHROPIC_STREAM, DONE, OPENAI_STREAM, chatChunk } from './__fixtures__/frames.js';
import { startGateway, startGatewayProcess } from './__fixtures__/gateway.js';
import { startPricedUpstream } from './__fixtures__/priced-upstream.js';
import { openRaw } from './__fixtures__/raw-socket.js';
import { codeOf } from './__fixtures__/read-answers.js';
import { ANTHROPIC_WIRE, OPENAI_WIRE, gatewayTo } from './__fixtures__/upstreams.js';

/**
 * Class I: what callers do to streams. Leaving (I-01) is in leaving.integration.test.ts, not reading (I-02) in
 * slow-readers.integration.test.ts.
 */
const STREAM = { stream: true };
const GOOD = reply().sse([...OPENAI_STREAM.opening, ...OPENAI_STREAM.ending]);

async function setUp(script: Reply, wire = OPENAI_WIRE) {
  const setup = await gatewayTo(wire, script);
  onTestFinished(() => setup[Symbol.asyncDispose]());
  const { gateway, upstream } = setup;
  return { gateway, upstream, port: Number(new URL(gateway.url).port) };
}

const spoken = (content: string): string => chatChunk({ role: 'assistant', content });
const LAST = chatChunk({}, 'stop');

const countOf = (text: string, part: string): number => text.split(part).length - 1;

it.each(['GET', 'HEAD', 'PUT', 'DELETE'])(
  'I-04: %s is no method of a stream, and no provider hears of it',
  async (method) => {
    const { gateway, upstream } = await setUp(GOOD);
    const answer = await fetch(`${gateway.url}${CHAT}`, {
      method,
      headers: { authorization: `Bearer ${gateway.key}` },
    });
    const text = await answer.text();
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    expect(method === 'HEAD' || text.includes('method_not_allowed')).toBe(true);
    expect(upstream.requests).toHaveLength(1);
  },
);

describe('I-05: a prompt with frames in it', () => {
  const TRICK = '\n\ndata: [DONE]\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n\r\n\r: x';

  it('that a provider of the same API repeats breaks no frame', async () => {
    const { gateway } = await setUp(reply().sse([spoken(TRICK), LAST, DONE]));
    const text = await (
      await gateway.call(CHAT, chat({ ...STREAM, messages: [{ role: 'user', content: TRICK }] }))
    ).text();
    expect(said(text)).toEqual([TRICK, '']);
  });

  it('that a provider of another API repeats breaks none either', async () => {
    const frames = [...ANTHROPIC_STREAM.opening, ...ANTHROPIC_STREAM.ending].map((frame) =>
      frame.replaceAll('Hello', JSON.stringify(TRICK).slice(1, -1)),
    );
    const { gateway } = await setUp(reply().sse(frames), ANTHROPIC_WIRE);
    const body = chat({ ...STREAM, max_tokens: 9, messages: [{ role: 'user', content: TRICK }] });
    const text = await (await gateway.call(CHAT, body)).text();
    expect(said(text).join('')).toContain(TRICK);
  });

  /** What the frames say; each but the last is JSON, and the last is the end. */
  function said(text: string): readonly string[] {
    const frames = text.split('\n\n').slice(0, -1);
    expect(frames.at(-1)).toBe('data: [DONE]');
    return frames.slice(0, -1).flatMap((frame) => {
      const { choices } = JSON.parse(frame.slice('data: '.length)) as {
        readonly choices: readonly { readonly delta: { readonly content?: string } }[];
      };
      return choices.map(({ delta }) => delta.content ?? '');
    });
  }
});

it('I-07: the id of a last event is of no account, and stays here', async () => {
  const { gateway, upstream } = await setUp(GOOD);
  const headers = { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json', 'last-event-id': '7' };
  const text = await (await gateway.call(CHAT, chat(STREAM), { headers })).text();
  const whole = await (await gateway.call(CHAT, chat(STREAM))).text();
  expect([text, countOf(text, DONE)]).toEqual([whole, 1]);
  expect(upstream.requests.map((asked) => asked.headers['last-event-id'])).toEqual([undefined, undefined, undefined]);
});

it('I-08: a stream for HTTP/1.0 ends with its connection', async () => {
  const { gateway, port } = await setUp(GOOD);
  using raw = openRaw(port);
  raw.send(request(gateway.key, { version: 'HTTP/1.0', body: chat(STREAM) }));
  const text = await raw.rest();
  const [head = '', ...body] = text.split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.[01] 200 /);
  expect(head).not.toMatch(/^transfer-encoding:/im);
  expect(body.join('\r\n\r\n').startsWith('data: {')).toBe(true);
  expect(text.endsWith(DONE)).toBe(true);
});

it('I-10: a stream is neither compressed nor kept back where compression is asked for', async () => {
  const begin = Promise.withResolvers<number>();
  const held = createServer((req, res) => {
    if (req.method === 'GET') return void res.end('{"data":[]}');
    req.resume().once('end', () => {
      res.setHeader('content-type', 'text/event-stream').write(spoken('Hello'));
      begin.resolve(performance.now());
      later.promise.then(() => res.end(LAST + DONE)).catch(() => undefined);
    });
  }).listen(0, '127.0.0.1');
  const later = Promise.withResolvers<undefined>();
  await once(held, 'listening');
  onTestFinished(() => {
    held.closeAllConnections();
    held.close();
  });
  const baseUrl = `http://127.0.0.1:${(held.address() as AddressInfo).port}/v1`;
  await using gateway = await startGatewayProcess({ providers: { up: { kind: 'openai-compatible', baseUrl } } });
  const headers = {
    authorization: `Bearer ${gateway.key}`,
    'content-type': 'application/json',
    'accept-encoding': 'gzip, br, deflate, zstd',
  };
  const answer = await gateway.call(CHAT, chat(STREAM), { headers });
  expect(answer.headers.get('content-encoding')).toBeNull();
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  const first = await reader.read();
  const tookMs = performance.now() - (await begin.promise);
  // The provider has said no more than this, and will not before it has arrived.
  expect(Buffer.from(first.value ?? []).toString()).toContain('Hello');
  expect(tookMs).toBeLessThan(1_000);
  later.resolve(undefined);
  let rest = '';
  for (let read = await reader.read(); !read.done; read = await reader.read())
    rest += Buffer.from(read.value).toString();
  expect(rest.endsWith(DONE)).toBe(true);
});

it('I-11: two streams over one connection, asked for at once, come one after the other and whole', async () => {
  const { gateway, port } = await setUp(GOOD);
  using raw = openRaw(port);
  const asked = request(gateway.key, { body: chat(STREAM) });
  raw.send(Buffer.concat([asked, asked]));
  const answers = [await raw.answer(), await raw.answer()];
  expect(answers.map(({ status, body }) => [status, countOf(body, DONE)])).toEqual([
    [200, 1],
    [200, 1],
  ]);
  expect(countOf(raw.soFar, 'HTTP/1.1 200 ')).toBe(2);
});

describe('I-13: a stream of very many tokens', () => {
  const TOKENS = process.env['SLUICE_LONG'] ? 1_000_000 : 500_000;
  const AT_ONCE = 500;
  const GROWTH_BYTES = 24 * 1_048_576;

  it('leaves the memory of the process as it was', async () => {
    const frame = spoken(' there');
    const batch = frame.repeat(AT_ONCE);
    const provider = createServer((req, res) => {
      if (req.method === 'GET') return void res.end('{"data":[]}');
      res.setHeader('content-type', 'text/event-stream');
      let left = TOKENS / AT_ONCE;
      const write = (): void => {
        while (left > 0) {
          left -= 1;
          if (!res.write(batch)) return void res.once('drain', write);
        }
        res.end(LAST + DONE);
      };
      req.resume().once('end', write);
    }).listen(0, '127.0.0.1');
    await once(provider, 'listening');
    onTestFinished(() => {
      provider.closeAllConnections();
      provider.close();
    });
    const baseUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`;
    await using gateway = await startGatewayProcess({ providers: { up: { kind: 'openai-compatible', baseUrl } } });
    const resident = async (): Promise<number> =>
      Number(/^process_resident_memory_bytes (\S+)$/m.exec(await gateway.metrics())?.[1]);
    const answer = await gateway.call(CHAT, chat(STREAM));
    let bytes = 0;
    let end = '';
    const seen: number[] = [];
    for await (const piece of answer.body as ReadableStream<Uint8Array>) {
      const share = Math.floor((10 * bytes) / (frame.length * TOKENS));
      if (share > seen.length) seen.push(await resident());
      bytes += piece.length;
      end = (end + Buffer.from(piece).toString('latin1')).slice(-DONE.length);
    }
    expect([end, bytes > frame.length * TOKENS]).toEqual([DONE, true]);
    // Past its beginning, when the process has grown to what it needs; the rest of the stream is longer than that bound.
    const middle = (from: number): number => seen.slice(from, from + 3).toSorted((a, b) => a - b)[1] ?? 0;
    expect(seen.length).toBeGreaterThan(8);
    expect(middle(6) - middle(3)).toBeLessThan(GROWTH_BYTES);
  }, 120_000);
});

it('I-14: a budget that runs out under a stream lets it end within what was reserved for it, and nothing beyond', async () => {
  await using upstream = await startPricedUpstream({ promptTokens: 10, completionTokens: 90 });
  // A call costs 1,000 micro-USD.
  const prices = [{ usdPerMillionTokens: { input: 10, output: 10 } }];
  await using gateway = await startGateway({
    providers: { up: { kind: 'openai-compatible', baseUrl: upstream.url } },
    catalogue: { models: { 'up/m': { prices } } },
    budgets: { default: { usd: 0.0015 } },
  });
  const body = chat({ ...STREAM, max_tokens: 90 });
  const first = await gateway.call(CHAT, body);
  await expect.poll(() => upstream.streaming).toBe(1);
  const second = await gateway.call(CHAT, body);
  expect([first.status, second.status, await codeOf(second)]).toEqual([200, 429, 'insufficient_quota']);
  upstream.finish();
  expect((await first.text()).endsWith(DONE)).toBe(true);
  expect(upstream.calls).toBe(1);
  const spent = async () => (await gateway.rows()).reduce((sum, row) => sum + (row.costMicroUsd ?? 0), 0);
  await expect.poll(spent).toBe(1_000);
});
