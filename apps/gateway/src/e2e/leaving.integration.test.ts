import { reply, timed } from '@sluice/testkit';
import type { FakeUpstream } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { startGatewayProcess } from './__fixtures__/gateway.js';
import type { RemoteGateway } from './__fixtures__/gateway.js';
import { PAIRS, setUp } from './__fixtures__/upstreams.js';
import type { RequestView } from '../http/admin/request-view.js';

const BOUND_MS = 100;

/** How long after `leave` the upstream saw its connection closed: caller and upstream share an event loop, the gateway has its own. */
async function closingMs(upstream: FakeUpstream, leave: () => void): Promise<number> {
  const { value: closed, tookMs } = await timed(() => {
    leave();
    return upstream.wasAborted(5_000);
  });
  return closed ? tookMs : Number.POSITIVE_INFINITY;
}

async function expectOneRow(gateway: RemoteGateway): Promise<void> {
  const settled = { state: 'settled', status: 499, errorCode: 'client_closed_request' };
  await expect.poll(() => gateway.rows()).toMatchObject([settled]);
}

describe.each(PAIRS)('a caller with the $sdk SDK that leaves an $kind upstream (F62, I-01)', (pair) => {
  const { opening, ending } = pair.frames;
  const half = opening.at(-1)?.slice(0, 20) ?? '';

  it.each([
    ['after the first content', reply().sse(opening.slice(0, -1)).silence()],
    [
      'in the middle of a frame',
      reply()
        .sse([...opening.slice(0, -1), half])
        .silence(),
    ],
    [
      'before the end',
      reply()
        .sse([...opening, ...ending.slice(0, 1)])
        .silence(),
    ],
  ])('closes it in time when it leaves a stream %s', async (_point, script) => {
    await using setup = await setUp(pair, script, startGatewayProcess);
    const { pieces, leave } = await pair.stream(setup.gateway, 'up/m');
    const iterator = pieces[Symbol.asyncIterator]();
    await iterator.next();
    expect(await closingMs(setup.upstream, leave)).toBeLessThan(BOUND_MS);
    await expectOneRow(setup.gateway);
    const [row] = await setup.gateway.rows();
    expect(row?.outputTokens).toBeGreaterThan(0);
  });

  it.each([
    ['before the head', reply().silence()],
    ['in the middle of the body', reply().raw('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"id"').silence()],
  ])('closes it in time when it leaves a plain answer %s', async (_point, script) => {
    await using setup = await setUp(pair, script, startGatewayProcess);
    const controller = new AbortController();
    const answer = pair.plain(setup.gateway, 'up/m', controller.signal).catch((cause: unknown) => cause);
    await setup.call();
    expect(await closingMs(setup.upstream, () => controller.abort())).toBeLessThan(BOUND_MS);
    expect(await answer).toBeInstanceOf(Error);
    await expectOneRow(setup.gateway);
  });
});

it('two hundred callers who leave close as many connections, 99 of 100 in time, and leave as many rows (F62)', async () => {
  const TIMES = 200;
  const [pair] = PAIRS as readonly [(typeof PAIRS)[number]];
  const body = { model: 'up/m', stream: true, messages: [{ role: 'user', content: 'Hello' }] };
  await using setup = await setUp(pair, reply().sse(pair.frames.opening).silence(), startGatewayProcess);
  const { gateway, upstream } = setup;
  const closings: number[] = [];
  for (let i = 0; i < TIMES; i += 1) {
    const leaving = new AbortController();
    const headers = { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' };
    const answer = await gateway.call(pair.path, body, { headers, signal: leaving.signal });
    await answer.body?.getReader().read();
    const { tookMs } = await timed(async () => {
      leaving.abort();
      await expect.poll(() => upstream.busyConnections, { interval: 1 }).toBe(0);
    });
    closings.push(tookMs);
  }
  expect(closings.toSorted((x, y) => x - y)[Math.floor(TIMES * 0.99) - 1]).toBeLessThan(BOUND_MS);
  const left = (rows: readonly RequestView[]) =>
    rows.filter((row) => row.status === 499 && (row.outputTokens ?? 0) > 0);
  await expect.poll(async () => left(await gateway.rows())).toHaveLength(TIMES);
});
