import { once } from 'node:events';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { OPENAI_STREAM } from './__fixtures__/frames.js';
import { startGateway } from './__fixtures__/gateway.js';
import type { TestGateway } from './__fixtures__/gateway.js';
import { metric } from './__fixtures__/read-answers.js';

const PLACES = 6;
const MOST = 60;

/** A model server of the usual kind: it works on six calls at once, and the others wait in it. */
async function startModelServer(): Promise<{ readonly url: string } & AsyncDisposable> {
  const waiting: ServerResponse[] = [];
  let busy = 0;
  const work = async (res: ServerResponse): Promise<void> => {
    busy += 1;
    await sleep(40);
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.write(OPENAI_STREAM.opening.join(''));
    await sleep(60);
    res.end(OPENAI_STREAM.ending.join(''));
    busy -= 1;
    next();
  };
  const next = (): void => {
    const res = busy < PLACES ? waiting.shift() : undefined;
    if (res) void work(res);
  };
  const server = createServer((req, res) => {
    if (req.method === 'GET') return void res.end('{"data":[]}');
    req.resume();
    waiting.push(res);
    next();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** So many callers for so long, each of whom asks again at once. How many answers there were, and failures among them. */
async function ask(
  gateway: TestGateway,
  callers: number,
  forMs: number,
): Promise<{ answered: number; failed: number }> {
  const seen = { answered: 0, failed: 0 };
  const endMs = performance.now() + forMs;
  const one = async (): Promise<void> => {
    while (performance.now() < endMs) {
      const body = { model: 'up/m', stream: true, messages: [{ role: 'user', content: 'Hello' }] };
      const answer = await gateway.call('/v1/chat/completions', body);
      const text = await answer.text();
      seen.answered += 1;
      if (answer.status !== 200 || !text.endsWith('data: [DONE]\n\n')) seen.failed += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, one));
  return seen;
}

/** The limit with few callers, and after four seconds of more than the server has places for. */
async function limits(): Promise<{ readonly few: number; readonly many: number }> {
  await using server = await startModelServer();
  await using gateway = await startGateway({
    providers: {
      up: {
        kind: 'openai-compatible',
        baseUrl: server.url,
        maxConcurrent: MOST,
        minConcurrent: 2,
        queue: { maxWaiting: 100, maxWaitMs: 20_000 },
      },
    },
  });
  const limit = () => metric(gateway, 'sluice_concurrency_limit{target="up/m"}');
  expect(await ask(gateway, 4, 2_000)).toMatchObject({ failed: 0 });
  const few = await limit();
  // Beyond its places, a call waits in the server for as long as ten of its answers take.
  expect(await ask(gateway, MOST, 4_000)).toMatchObject({ failed: 0 });
  return { few, many: await limit() };
}

it('a limit between its bounds follows the time to first token of streams', async () => {
  let found = await limits();
  // A machine that stood still for a moment has made the first tokens late, not the server.
  for (let again = 0; again < 3 && found.few < MOST; again += 1) found = await limits();
  expect(found.few).toBe(MOST);
  expect(found.many).toBeLessThan(MOST / 2);
  expect(found.many).toBeGreaterThanOrEqual(2);
});
