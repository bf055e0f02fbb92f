import { setTimeout as sleep } from 'node:timers/promises';
import { describeWithRedis, keyValueStoreSuite, timed } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { openStore, until, untilUp } from './__fixtures__/open.js';

/** Redis reads the time of day, once for all that came together; timers go by another clock. */
const CLOCKS_DIFFER_MS = 100;
const never = new AbortController().signal;

describeWithRedis('entries in a Redis server', (redis) => {
  keyValueStoreSuite('Redis', async () => {
    await redis.server.command('FLUSHALL');
    const store = openStore(redis.server.url, { graceMs: 0, timeoutMs: () => 2_000 });
    await untilUp(store);
    return { store: store.entries, advance: (ms) => sleep(ms + CLOCKS_DIFFER_MS), dispose: () => store.close() };
  });

  it('are not asked for while the server is out of reach', async () => {
    const store = openStore(redis.server.url);
    await untilUp(store);
    await store.entries.set('a', { value: Uint8Array.of(1), ttlMs: 60_000 }, never);
    await redis.server.kill();
    await until(() => !store.isUp);
    const { tookMs } = await timed(() =>
      expect(store.entries.get('a', never)).rejects.toMatchObject({ code: 'storage_unavailable' }),
    );
    expect(tookMs).toBeLessThan(10);
    await redis.server.start();
    await untilUp(store);
    expect(await store.entries.get('a', never)).toBeUndefined();
    store.close();
  });
});
