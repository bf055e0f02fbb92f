import { monitorEventLoopDelay } from 'node:perf_hooks';
import { reply } from '@sluice/testkit';
import type { FakeUpstream } from '@sluice/testkit';
import { describe, expect, it, vi } from 'vitest';
import { startGatewayProcess } from './__fixtures__/gateway.js';
import type { RemoteGateway } from './__fixtures__/gateway.js';
import { PAIRS, setUp } from './__fixtures__/upstreams.js';

const BOUND_MS = 100;

/**
 * How long after `leave` the upstream saw its connection closed, less the time for which this process was busy with
 * something else: caller and upstream share its event loop, the gateway has its own.
 */
async function closingMs(upstream: FakeUpstream, leave: () => void): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const leftMs = performance.now();
  leave();
  const closed = await upstream.wasAborted(5_000);
  const tookMs = performance.now() - leftMs;
  delay.disable();
  return closed ? tookMs - delay.max / 1e6 : Number.POSITIVE_INFINITY;
}

async function expectOneRow(gateway: RemoteGateway): Promise<void> {
  await vi.waitFor(async () =>
    expect(await gateway.rows()).toMatchObject([{ state: 'settled', status: 499, errorCode: 'client_closed_request' }]),
  );
}

describe.each(PAIRS)('a caller with the $sdk SDK that leaves an $kind upstream (F62)', (pair) => {
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
