import { setTimeout as sleep } from 'node:timers/promises';
import { describeWithRedis, timed } from '@sluice/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { assertInvariants } from './__fixtures__/invariants.js';
import type { ProcessGateway } from './__fixtures__/gateway.js';
import { codeOf } from './__fixtures__/read-answers.js';
import { FROZEN, KILLED, serveWithoutRedis } from './__fixtures__/redis-outage.js';
import { availability } from './__fixtures__/shared-ledger.js';
import { chat, metric, startShared, tally } from './__fixtures__/shared.js';

const PATH = '/v1/chat/completions';

describeWithRedis('gateways whose Redis server is killed', () => {
  it('F50 F51 take their parts of limits, keep budgets closed, and are exact again within a second of its return', async () => {
    await using shared = await startShared(2);
    const { redis, gateways } = shared;
    const [a] = gateways as [ProcessGateway];
    expect(await tally(gateways, 20, 'rpm50')).toEqual({ 200: 20 });
    expect(await tally(gateways, 4, 'money')).toEqual({ 200: 4 });
    // Each has heard by its sign of life what the other has taken.
    await sleep(500);
    await redis.kill();
    onTestFinished(() => redis.stop());
    const { value: first, tookMs } = await timed(() => a.call(PATH, chat('free')));
    expect([first.status, tookMs < 1_000]).toEqual([200, true]);
    const local = await a.call(PATH, chat('rpm50'));
    expect([local.status, local.headers.get('x-ratelimit-policy')]).toEqual([200, 'local']);
    const closed = await a.call(PATH, chat('money'));
    expect([closed.status, await codeOf(closed)]).toEqual([503, 'budget_unavailable']);
    const during = await tally(gateways, 100, 'rpm50');
    expect(during[200]).toBeLessThanOrEqual(29);
    await redis.start();
    for (const gateway of gateways) await expect.poll(() => metric(gateway, 'sluice_redis_up')).toBe(1);
    const after = await tally(gateways, 100, 'rpm50');
    expect(20 + 1 + (during[200] ?? 0) + (after[200] ?? 0)).toBe(50);
    expect(await tally(gateways, 20, 'money')).toEqual({ 200: 6, 429: 14 });
    for (const gateway of gateways) await assertInvariants({ gateway });
  });
});

describeWithRedis('gateways whose Redis server is away under load', () => {
  it.each([
    ['killed', KILLED],
    ['frozen', FROZEN],
  ])('G12 serve everybody whose policy allows it while it is %s, and count everything afterwards', async (_, fault) => {
    const { calls, local, rowsMicroUsd, countedMicroUsd } = await serveWithoutRedis({
      ...fault,
      rate: 40,
      // A machine that runs many tests at once is slow, which is no fault of the server.
      storeTimeoutMs: 1_000,
      forMs: 2_000,
      aroundMs: 700,
    });
    expect(availability(calls)).toBeGreaterThanOrEqual(0.999);
    expect(local).toBeGreaterThan(0);
    expect(rowsMicroUsd).toBeGreaterThan(0);
    expect(countedMicroUsd).toBe(rowsMicroUsd);
  });
});
