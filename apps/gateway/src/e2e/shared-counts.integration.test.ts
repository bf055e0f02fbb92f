import { describeWithRedis } from '@sluice/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ProcessGateway } from './__fixtures__/gateway.js';
import { assertInvariants } from './__fixtures__/invariants.js';
import { beginStreams, chat, metric, startShared, tally } from './__fixtures__/shared.js';
import type { SharedSetup } from './__fixtures__/shared.js';

const PATH = '/v1/chat/completions';

describeWithRedis('two gateways that share a Redis server', () => {
  let shared!: SharedSetup;
  beforeAll(async () => {
    shared = await startShared(2);
  });
  afterAll(() => shared[Symbol.asyncDispose]());

  it('admit exactly 50 of 200 simultaneous requests under a limit of 50', async () => {
    expect(await tally(shared.gateways, 200, 'rpm50')).toEqual({ 200: 50, 429: 150 });
  });

  it('admit exactly what a budget is for of 100 simultaneous requests', async () => {
    expect(await tally(shared.gateways, 100, 'money')).toEqual({ 200: 10, 429: 90 });
  });

  it('admit as many when callers leave', async () => {
    const left = Array.from({ length: 10 }, (_, index) => {
      const gateway = shared.gateways[index % 2] as ProcessGateway;
      const headers = { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' };
      const signal = AbortSignal.timeout(5);
      return gateway.call(PATH, chat('rpm50b'), { headers, signal }).then(
        () => undefined,
        () => undefined,
      );
    });
    const told = await tally(shared.gateways, 190, 'rpm50b');
    await Promise.all(left);
    // Whoever has left may have been admitted before, and nobody else is in its place.
    expect(told[200]).toBeLessThanOrEqual(50);
    expect(told[200]).toBeGreaterThanOrEqual(40);
    expect((await tally(shared.gateways, 20, 'rpm50b'))[200] ?? 0).toBeLessThanOrEqual(50 - (told[200] ?? 0));
  });

  it('hold exactly 5 of 50 streams, and one more for each that ends', async () => {
    const begun = await beginStreams(shared.gateways, 50);
    expect([begun.length, shared.upstream.streaming]).toEqual([5, 5]);
    const [first, second] = begun;
    first?.end();
    second?.end();
    // The first that leaves makes its gateway load the table that counts tokens, which keeps a busy machine for seconds.
    const oneMore = async (): Promise<number> => (await beginStreams(shared.gateways, 1)).length;
    await expect.poll(oneMore, { timeout: 20_000 }).toBe(1);
    await expect.poll(oneMore, { timeout: 20_000 }).toBe(1);
    expect(await beginStreams(shared.gateways, 10)).toHaveLength(0);
    shared.upstream.finish();
  });

  it('have a row for each request, and nothing that is held', async () => {
    const held = await Promise.all(shared.gateways.map((gateway) => metric(gateway, 'sluice_redis_unsent')));
    expect(held).toEqual([0, 0]);
    for (const gateway of shared.gateways) await assertInvariants({ gateway });
  });
});
