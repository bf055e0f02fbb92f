import { setTimeout as sleep } from 'node:timers/promises';
import { describeWithRedis, keyValueStoreSuite, timed } from '@sluice/testkit';
import { expect, it, onTestFinished } from 'vitest';
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
    await until(() => !store.areEntriesUp);
    const { tookMs } = await timed(() =>
      expect(store.entries.get('a', never)).rejects.toMatchObject({ code: 'storage_unavailable' }),
    );
    expect(tookMs).toBeLessThan(10);
    await redis.server.start();
    await untilUp(store);
    expect(await store.entries.get('a', never)).toBeUndefined();
    store.close();
  });

  it('and answers leave a tenth of the memory to those who are counted', async () => {
    const store = openStore(redis.server.url, { timeoutMs: () => 2_000 });
    onTestFinished(() => store.close());
    await untilUp(store);
    const entry = { value: Uint8Array.of(1), ttlMs: 60_000 };
    await store.claims.putIfAbsent('claimed', entry, never);
    // So much that what connections take does not count.
    await redis.server.command('SETRANGE', 'padding', '30000000', 'x');
    const used = /used_memory:(\d+)/.exec(await redis.server.command('INFO', 'memory'))?.[1];
    await redis.server.command('CONFIG', 'SET', 'maxmemory', String(Math.ceil(Number(used) * 1.08)));
    onTestFinished(async () => void (await redis.server.command('CONFIG', 'SET', 'maxmemory', '0')));
    await store.entries.set('full', entry, never);
    expect(await store.entries.get('full', never)).toBeUndefined();
    const answer = { expected: entry.value, value: Uint8Array.of(2), ttlMs: 60_000 };
    await expect(store.claims.replace('claimed', answer, never)).rejects.toThrow('no room for answers');
    expect(await store.claims.putIfAbsent('another', entry, never)).toBeUndefined();
    const claim = { scope: 'key:a', kind: 'window', name: 'spend', amount: 1, limit: 9, windowMs: 60_000 } as const;
    expect((await store.counters.reserve('counted', [claim], never)).ok).toBe(true);
    await redis.server.command('CONFIG', 'SET', 'maxmemory', '0');
    await redis.server.command('DEL', 'padding');
    expect(await store.claims.replace('claimed', answer, never)).toBe(true);
    await store.entries.set('full', entry, never);
    expect(await store.entries.get('full', never)).toEqual(Buffer.of(1));
  });
});
