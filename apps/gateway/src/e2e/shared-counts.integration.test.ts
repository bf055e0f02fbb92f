import { describeWithRedis } from '@sluice/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertInvariants } from './__fixtures__/invariants.js';
import type { RequestView } from '../http/admin/request-view.js';
import { beginStreams, metric, startShared, tally, tallyLeaving } from './__fixtures__/shared.js';
import type { SharedSetup } from './__fixtures__/shared.js';

const CALL_MICRO_USD = 900;
const BUDGET_MICRO_USD = 9_000;

/** The rows of what was asked of a model, over all gateways. */
async function rowsOf({ gateways }: SharedSetup, model: string): Promise<readonly RequestView[]> {
  const rows = await Promise.all(gateways.map((gateway) => gateway.rows()));
  return rows.flat().filter((row) => row.requestedModel === `up/${model}` && row.attempts.length > 0);
}

describeWithRedis('Redis', () => {
  describe.each([
    ['one gateway', 1],
    ['two gateways', 2],
  ])('with %s', (_, count) => {
    let shared!: SharedSetup;
    beforeAll(async () => {
      shared = await startShared(count);
    });
    afterAll(() => shared[Symbol.asyncDispose]());

    it('admit exactly 50 of 200 simultaneous requests under a limit of 50', async () => {
      expect(await tally(shared.gateways, 200, 'rpm50')).toEqual({ 200: 50, 429: 150 });
    });

    it('admit exactly what a budget is for of 100 simultaneous requests', async () => {
      expect(await tally(shared.gateways, 100, 'money')).toEqual({ 200: 10, 429: 90 });
    });

    it('admit as many when one in ten callers leaves, and block nobody for one who has left', async () => {
      await tallyLeaving(shared.gateways, 200, { model: 'rpm50b', leavesEvery: 10 });
      // What was given back of those who left before a model was asked for them is taken by others.
      const admitted = async (): Promise<number> => (await rowsOf(shared, 'rpm50b')).length;
      const fill = async (): Promise<number> => tally(shared.gateways, 60, 'rpm50b').then(admitted);
      await expect.poll(fill, { timeout: 20_000 }).toBe(50);
      expect([await fill(), await tally(shared.gateways, 10, 'rpm50b')]).toEqual([50, { 429: 10 }]);
    });

    it('spend a budget to less than one call when one in ten callers leaves, and no more', async () => {
      await tallyLeaving(shared.gateways, 100, { model: 'moneyb', leavesEvery: 10 });
      const spent = async (): Promise<number> =>
        (await rowsOf(shared, 'moneyb')).reduce((sum, { costMicroUsd }) => sum + (costMicroUsd ?? 0), 0);
      const fill = async (): Promise<number> => tally(shared.gateways, 20, 'moneyb').then(spent);
      await expect.poll(fill, { timeout: 20_000 }).toBeGreaterThan(BUDGET_MICRO_USD - CALL_MICRO_USD);
      expect(await tally(shared.gateways, 10, 'moneyb')).toEqual({ 429: 10 });
      expect(await spent()).toBeLessThanOrEqual(BUDGET_MICRO_USD);
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
      expect(held).toEqual(held.map(() => 0));
      for (const gateway of shared.gateways) await assertInvariants({ gateway });
    });
  });
});
