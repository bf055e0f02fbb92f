import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fakeUpstream, reply, timed } from '@sluice/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { OPENAI_STREAM } from './__fixtures__/frames.js';
import { startGatewayProcess } from './__fixtures__/gateway.js';
import type { ProcessGateway } from './__fixtures__/gateway.js';
import { assertInvariants } from './__fixtures__/invariants.js';

const OVERLOADS = new URL('__fixtures__/overloads-itself.mjs', import.meta.url).href;
const SHED_WITHIN_MS = 50;
const PATIENCE = { timeout: 10_000, interval: 50 };
const PATH = '/v1/chat/completions';
const CHAT = { messages: [{ role: 'user', content: 'Hello' }] };
const overloaded = { error: { code: 'overloaded', type: 'overloaded_error' } };

/** A gateway of little heap, whose provider takes its time for the end of each stream. */
async function startSmall() {
  const { opening, ending } = OPENAI_STREAM;
  const slow = reply().sse(opening).delay(2_000).sse(ending);
  const upstream = await fakeUpstream(reply().json({ data: [] }), slow);
  onTestFinished(() => upstream.close());
  const gateway = await startGatewayProcess(
    {
      server: { shed: { eventLoopDelayMs: 100 } },
      providers: { up: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1` }, sim: { kind: 'sim' } },
    },
    { env: { NODE_OPTIONS: '--max-old-space-size=256' }, preload: [OVERLOADS] },
  );
  onTestFinished(() => gateway.close());
  return { upstream, gateway };
}

const ask = (gateway: ProcessGateway) => gateway.call(PATH, { ...CHAT, model: 'sim/echo' });

async function statusOf(gateway: ProcessGateway): Promise<number> {
  const answer = await ask(gateway);
  await answer.text();
  return answer.status;
}

/** Whether probes and operators get their answers, and calls theirs, which says when to come back. */
async function expectShed(gateway: ProcessGateway): Promise<number> {
  await expect.poll(() => statusOf(gateway), PATIENCE).toBe(503);
  const { value: answer, tookMs } = await timed(() => ask(gateway));
  expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toMatchObject([503, '1', overloaded]);
  for (const path of ['/health/live', '/health/ready']) expect((await gateway.call(path)).status).toBe(200);
  expect(await gateway.metrics()).toMatch(/^sluice_shedding 1$[^]*^sluice_shed_requests_total [1-9]/m);
  expect(Array.isArray(await gateway.rows())).toBe(true);
  return tookMs;
}

/** What a new connection gets. */
async function connection({ url }: ProcessGateway): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.end('GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  return text(socket).then(
    (answer) => answer.slice(9, 12),
    ({ code }: NodeJS.ErrnoException) => code ?? '',
  );
}

it('F48 a heap that is full has calls refused, then connections, until it is not; what is under way goes on', async () => {
  const { gateway, upstream } = await startSmall();
  expect(await statusOf(gateway)).toBe(200);
  const stream = await gateway.call(PATH, { ...CHAT, model: 'up/m', stream: true });
  gateway.sluice.signal('SIGWINCH');
  const tookMs = [await expectShed(gateway), await expectShed(gateway), await expectShed(gateway)];
  expect(Math.min(...tookMs)).toBeLessThan(SHED_WITHIN_MS);
  expect(await connection(gateway)).toBe('200');

  gateway.sluice.signal('SIGWINCH');
  await expect.poll(() => connection(gateway), PATIENCE).toBe('ECONNRESET');
  expect(await stream.text()).toMatch(/data: \[DONE\]\n\n$/);

  gateway.sluice.signal('SIGWINCH');
  // As the refusal said.
  await sleep(1_000);
  await expect.poll(() => connection(gateway), PATIENCE).toBe('200');
  expect(await statusOf(gateway)).toBe(200);
  await assertInvariants({ gateway, upstreams: [upstream] });
});

it('F48 an event loop that falls behind has calls refused until it keeps up', async () => {
  const { gateway, upstream } = await startSmall();
  gateway.sluice.signal('SIGURG');
  await expectShed(gateway);
  gateway.sluice.signal('SIGURG');
  await sleep(1_000);
  await expect.poll(() => statusOf(gateway), PATIENCE).toBe(200);
  await assertInvariants({ gateway, upstreams: [upstream] });
});
