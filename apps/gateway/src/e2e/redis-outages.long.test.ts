import { describeWithRedis } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { FROZEN, KILLED, serveWithoutRedis } from './__fixtures__/redis-outage.js';
import { availability } from './__fixtures__/shared-ledger.js';

describeWithRedis('gateways whose Redis server is away for 10 s', () => {
  it.each([
    ['killed', KILLED],
    ['frozen', FROZEN],
  ])(
    'G12 serve 999 of 1,000 whose policy allows it while it is %s at 200 calls a second, and count everything',
    async (_, fault) => {
      const report = await serveWithoutRedis({
        ...fault,
        rate: 100,
        storeTimeoutMs: 50,
        forMs: 10_000,
        aroundMs: 5_000,
      });
      expect(availability(report.calls)).toBeGreaterThanOrEqual(0.999);
      expect(report.local).toBeGreaterThan(1_000);
      expect(report.firstTookMs).toBeLessThan(100);
      // A second by itself; two more for a machine that is busy with others.
      expect(report.backAfterMs).toBeLessThan(1_500);
      expect(report.countedMicroUsd).toBe(report.rowsMicroUsd);
    },
  );
});
