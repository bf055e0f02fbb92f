import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';
import type { TestGateway } from './__fixtures__/gateway.js';
import { WIRE_CLIENTS, streamText } from './__fixtures__/wire-clients.js';
import type { WireClient } from './__fixtures__/wire-clients.js';

/** White space at ends, what JSON escapes, characters of two, three and four bytes. */
const ANSWER = 'One “two”\n\n"three" \\ four 漢字 😀 five\tsix.';
const PIECES = ['One “tw', 'o”\n\n', '"thr', 'ee" \\', ' four 漢', '字 \ud83d', '\ude00 five', '\tsix.'];

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const usageOf = (prompt: number, completion: number): string =>
  `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion } })}\n\n`;
const STREAM = Buffer.from(
  [
    chunk({ role: 'assistant', content: '' }),
    ...PIECES.map((content) => chunk({ content })),
    chunk({}, 'stop'),
    usageOf(10, 20),
    'data: [DONE]\n\n',
  ].join(''),
);

interface Upstream extends AsyncDisposable {
  readonly url: string;
  /** The beginnings with which it was asked to go on. */
  readonly begun: string[];
}

type Answering = (res: ServerResponse, begun: string | undefined) => void;

/** A server that speaks OpenAI's chat and looks at what it is asked, as a scripted one cannot. */
async function upstreamOf(answer: Answering): Promise<Upstream> {
  const begun: string[] = [];
  const respond = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const body = await readText(req);
    if (req.method === 'GET') return void res.end('{"data":[]}');
    const { messages } = JSON.parse(body) as { messages: readonly { role: string; content: string }[] };
    const last = messages.at(-1);
    const beginning = last?.role === 'assistant' ? last.content : undefined;
    if (beginning !== undefined) begun.push(beginning);
    answer(res, beginning);
  };
  const server = createServer((req, res) => void respond(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    begun,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Sends so many bytes of the stream and resets the connection. */
function cutAfter(res: ServerResponse, bytes: number): void {
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  res.write(STREAM.subarray(0, bytes), () => setImmediate(() => res.socket?.resetAndDestroy()));
}

const rest: Answering = (res, begun = '') => {
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  res.end(
    chunk({ role: 'assistant', content: ANSWER.slice(begun.length) }) +
      chunk({}, 'stop') +
      usageOf(7, 5) +
      'data: [DONE]\n\n',
  );
};
const refusal: Answering = (res) => {
  res.writeHead(400, { 'content-type': 'application/json' });
  res.end(
    '{"error":{"message":"This model does not support assistant message prefill.","type":"invalid_request_error"}}',
  );
};

function gatewayOn(first: Upstream, second: Upstream): Promise<TestGateway> {
  const provider = ({ url }: Upstream) => ({ kind: 'openai-compatible', preset: 'llamacpp', baseUrl: url });
  return startGateway({
    providers: { a: provider(first), b: provider(second) },
    models: {
      fast: {
        targets: ['a', 'b'].map((name) => ({ provider: name, model: 'm' })),
        retries: { max: 1, sameTarget: 0 },
        continuation: 'prefill',
      },
    },
    breaker: { consecutiveFailures: 1_000_000 },
  });
}

const ask = async (gateway: TestGateway, { path, body }: WireClient): Promise<string> => {
  const wish = { model: 'fast', stream: true, stream_options: { include_usage: true }, ...body('Count.') };
  return (await gateway.call(path(true), wish)).text();
};

describe.each(WIRE_CLIENTS)('a client of $name', (client) => {
  it('reads the same answer wherever the first provider is cut', async () => {
    let cut = 0;
    await using first = await upstreamOf((res) => cutAfter(res, cut));
    await using second = await upstreamOf(rest);
    // Every byte for one of them, every seventh for the others: where the cut falls does not depend on the client.
    const step = client.name === 'openai chat' ? 1 : 7;
    while (cut < STREAM.length) {
      // What one gateway may try again in a moment is bounded.
      await using gateway = await gatewayOn(first, second);
      for (let asked = 0; asked < 60 && cut < STREAM.length; asked += 1, cut += step) {
        const stream = await ask(gateway, client);
        expect({
          cut,
          text: streamText(stream, client),
          whole: client.isWhole(stream),
          failed: client.isFailed(stream),
        }).toEqual({ cut, text: ANSWER, whole: true, failed: false });
      }
    }
    expect(second.begun.every((begun) => ANSWER.startsWith(begun) && begun === begun.trimEnd())).toBe(true);
  });

  it('reads one error and no end where the other provider refuses to go on', async () => {
    await using first = await upstreamOf((res) => cutAfter(res, 700));
    await using second = await upstreamOf(refusal);
    await using gateway = await gatewayOn(first, second);
    const stream = await ask(gateway, client);
    expect([client.isWhole(stream), client.isFailed(stream), second.begun.length]).toEqual([false, true, 1]);
    expect(ANSWER.startsWith(streamText(stream, client))).toBe(true);
  });
});

it('says that it was done: at the seam, in the ledger and in the log', async () => {
  await using first = await upstreamOf((res) => cutAfter(res, 1_000));
  await using second = await upstreamOf(rest);
  await using gateway = await gatewayOn(first, second);
  const stream = await ask(gateway, WIRE_CLIENTS[0] as WireClient);
  expect(stream.split(': continued by b/m\n\n')).toHaveLength(2);
  expect(stream.match(/"id":"[^"]*"/g)?.every((id, _, all) => id === all[0])).toBe(true);
  const [row] = await gateway.rows();
  expect(row).toMatchObject({
    status: 200,
    errorCode: null,
    provider: 'b',
    usageSource: 'estimated',
    attempts: [
      { provider: 'a', errorCode: 'upstream_truncated', continues: false },
      { provider: 'b', errorCode: null, continues: true },
    ],
  });
  expect(row?.inputTokens).toBeGreaterThan(7);
  expect(row?.outputTokens).toBeGreaterThan(5);
  expect(stream).toContain(`"completion_tokens":${row?.outputTokens}`);
  await expect
    .poll(() => gateway.logLines().find(({ attempts }) => attempts === 2))
    .toMatchObject({ msg: 'request', continuations: 1 });
});
