import { fakeUpstream, reply, timed } from '@sluice/testkit';
import type { FakeUpstream, Reply } from '@sluice/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GatewayConfig } from '../gateway.js';
import { startGatewayProcess } from './__fixtures__/gateway.js';
import type { RemoteGateway } from './__fixtures__/gateway.js';
import { assertInvariants } from './__fixtures__/invariants.js';
import { least } from './__fixtures__/least.js';
import { PAIRS, providerAt, setUp } from './__fixtures__/upstreams.js';
import type { RequestView } from '../http/admin/request-view.js';

const BOUND_MS = 100;
/** How often a caller leaves at one point, at most: another process may have the machine just then. */
const ROUNDS = 3;

/** How long after `leave` the upstream saw its connection closed: caller and upstream share an event loop, the gateway has its own. */
async function closingMs(upstream: FakeUpstream, leave: () => void): Promise<number> {
  expect(upstream.busyConnections).toBe(1);
  const { tookMs } = await timed(async () => {
    leave();
    await expect.poll(() => upstream.busyConnections, { interval: 1 }).toBe(0);
  });
  return tookMs;
}

async function expectOneRow(gateway: RemoteGateway, model: string): Promise<RequestView | undefined> {
  const own = async (): Promise<readonly RequestView[]> => (await gateway.rows()).filter((row) => row.model === model);
  const settled = { state: 'settled', status: 499, errorCode: 'client_closed_request' };
  await expect.poll(own).toMatchObject([settled]);
  return (await own())[0];
}

interface Leave {
  readonly point: string;
  readonly model: string;
  readonly script: Reply;
}

/** One gateway in a process of its own with a provider for each of these, named like its model. */
async function serveAll(pair: (typeof PAIRS)[number], leaves: readonly Leave[]) {
  const upstreams = await Promise.all(leaves.map(({ script }) => fakeUpstream(reply().json({ data: [] }), script)));
  const providers = upstreams.map(({ url }, at) => [leaves[at]?.model, providerAt(url, pair)['up']]);
  const gateway = await startGatewayProcess({ providers: Object.fromEntries(providers) as GatewayConfig['providers'] });
  await Promise.all(upstreams.map((upstream) => upstream.received(1)));
  return {
    gateway,
    upstreams,
    upstreamOf: ({ model }: Leave) => upstreams[leaves.findIndex((leave) => leave.model === model)] as FakeUpstream,
    async close() {
      await gateway.close();
      await Promise.all(upstreams.map((upstream) => upstream.close()));
    },
  };
}

describe.each(PAIRS)('a caller with the $sdk SDK that leaves an $kind upstream (F62, I-01)', (pair) => {
  const { opening, ending } = pair.frames;
  const half = opening.at(-1)?.slice(0, 20) ?? '';
  const begun = opening.slice(0, -1);
  const streams: readonly Leave[] = [
    { point: 'after the first content', model: 'first', script: reply().sse(begun).silence() },
    {
      point: 'in the middle of a frame',
      model: 'half',
      script: reply()
        .sse([...begun, half])
        .silence(),
    },
    {
      point: 'before the end',
      model: 'last',
      script: reply()
        .sse([...opening, ...ending.slice(0, 1)])
        .silence(),
    },
  ];
  const plain: readonly Leave[] = [
    { point: 'before the head', model: 'head', script: reply().silence() },
    {
      point: 'in the middle of the body',
      model: 'body',
      script: reply().raw('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"id"').silence(),
    },
  ];
  let served: Awaited<ReturnType<typeof serveAll>>;
  beforeAll(async () => {
    served = await serveAll(pair, [...streams, ...plain]);
  });
  afterAll(() => served.close());

  it.each(streams)('closes it in time when it leaves a stream $point', async (stream) => {
    let round = 0;
    const leaveOnce = async (): Promise<number> => {
      const model = `${stream.model}-${(round += 1)}`;
      const { pieces, leave } = await pair.stream(served.gateway, `${stream.model}/${model}`);
      const iterator = pieces[Symbol.asyncIterator]();
      await iterator.next();
      const tookMs = await closingMs(served.upstreamOf(stream), leave);
      const row = await expectOneRow(served.gateway, model);
      expect(row?.outputTokens).toBeGreaterThan(0);
      return tookMs;
    };
    expect(await least(leaveOnce, BOUND_MS, ROUNDS)).toBeLessThanOrEqual(BOUND_MS);
  });

  it.each(plain)('closes it in time when it leaves a plain answer $point', async (whole) => {
    const upstream = served.upstreamOf(whole);
    let round = 0;
    const leaveOnce = async (): Promise<number> => {
      const model = `${whole.model}-${(round += 1)}`;
      const controller = new AbortController();
      const answer = pair
        .plain(served.gateway, `${whole.model}/${model}`, controller.signal)
        .catch((cause: unknown) => cause);
      await upstream.received(1 + round);
      const tookMs = await closingMs(upstream, () => controller.abort());
      expect(await answer).toBeInstanceOf(Error);
      await expectOneRow(served.gateway, model);
      return tookMs;
    };
    expect(await least(leaveOnce, BOUND_MS, ROUNDS)).toBeLessThanOrEqual(BOUND_MS);
  });

  it('leaves nothing behind with any of them', async () => {
    expect(served.upstreams.map(({ busyConnections }) => busyConnections)).toEqual([0, 0, 0, 0, 0]);
    await assertInvariants(served);
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
