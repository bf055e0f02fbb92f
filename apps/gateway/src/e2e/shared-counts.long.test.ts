import { describeWithRedis } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { assertInvariants } from './__fixtures__/invariants.js';
import type { ProcessGateway } from './__fixtures__/gateway.js';
import { beginStreams, startShared } from './__fixtures__/shared.js';

const LEASE_MS = 30_000;

describeWithRedis('two gateways that share a Redis server', () => {
  it('free what one held that is killed, once its leases are over', async () => {
    await using shared = await startShared(2);
    const [a, b] = shared.gateways as [ProcessGateway, ProcessGateway];
    expect(await beginStreams([b], 3)).toHaveLength(3);
    expect(await beginStreams([a], 5)).toHaveLength(2);
    await b.sluice.stop('SIGKILL');
    const killedMs = performance.now();
    expect(await beginStreams([a], 1)).toHaveLength(0);
    await expect
      .poll(async () => (await beginStreams([a], 1)).length, { timeout: LEASE_MS + 5_000, interval: 250 })
      .toBe(1);
    expect(performance.now() - killedMs).toBeLessThan(LEASE_MS + 2_000);
    expect(await beginStreams([a], 5)).toHaveLength(2);
    shared.upstream.finish();
    await assertInvariants({ gateway: a });
  });
});
