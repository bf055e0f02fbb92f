import { counterStoreSuite, describeWithRedis } from '@sluice/testkit';
import { openStore, untilUp } from './__fixtures__/open.js';

describeWithRedis('a Redis server', (redis) => {
  counterStoreSuite('Redis', async () => {
    await redis.server.command('FLUSHALL');
    const time = { nowMs: Date.UTC(2026, 10, 26, 12) };
    const store = openStore(redis.server.url, { timeoutMs: () => 2_000, graceMs: 0, nowMs: () => time.nowMs });
    await untilUp(store);
    return {
      store: store.counters,
      advance: (ms) => void (time.nowMs += ms),
      dispose: () => store.close(),
    };
  });
});
