import { atomicKeyValueStoreSuite, describeWithRedis } from '@sluice/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { startFaultProxy } from './__fixtures__/fault-proxy.js';
import { openStore, until } from './__fixtures__/open.js';
import type { OpenedStore } from './__fixtures__/open.js';

const never = new AbortController().signal;
const bytes = (value: number): Uint8Array => Uint8Array.of(value);
const isThere = (store: OpenedStore): Promise<boolean> =>
  store.claims.deleteIf('nothing', bytes(0), never).then(
    () => true,
    () => false,
  );

/** What stands in for so much time that passes in the server. */
const AGE = `for _, key in ipairs(redis.call('KEYS', 'sluice:claims::*')) do
  redis.call('PEXPIRE', key, redis.call('PTTL', key) - ARGV[1])
end`;

async function open(url: string): Promise<OpenedStore> {
  const store = openStore(url);
  await expect.poll(() => isThere(store), { timeout: 20_000, interval: 5 }).toBe(true);
  return store;
}

describeWithRedis('claims in a Redis server', (redis) => {
  atomicKeyValueStoreSuite('Redis', async () => {
    await redis.server.command('FLUSHALL');
    const store = await open(redis.server.url);
    return {
      store: store.claims,
      advance: async (ms) => void (await redis.server.command('EVAL', AGE, '0', String(ms))),
      dispose: () => store.close(),
    };
  });

  it('go to one of 100 who compete from two processes', async () => {
    const stores = [await open(redis.server.url), await open(redis.server.url)];
    onTestFinished(() => stores.forEach((store) => store.close()));
    const found = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        (stores[index % 2] as OpenedStore).claims.putIfAbsent('raced', { value: bytes(index), ttlMs: 60_000 }, never),
      ),
    );
    expect(found.filter((value) => value === undefined)).toHaveLength(1);
  });

  it('live on in a server that has no memory left, which takes no answer', async () => {
    const store = await open(redis.server.url);
    onTestFinished(() => store.close());
    const own = { value: bytes(1), ttlMs: 1_000 };
    await store.claims.putIfAbsent('full', own, never);
    await redis.server.command('CONFIG', 'SET', 'maxmemory', '1');
    onTestFinished(async () => void (await redis.server.command('CONFIG', 'SET', 'maxmemory', '0')));
    expect(await store.claims.replace('full', { ...own, expected: own.value, ttlMs: 60_000 }, never)).toBe(true);
    expect(await redis.server.command('PTTL', 'sluice:claims::full')).toMatch(/^:[1-6]\d{4}$/);
    const answer = { value: bytes(2), ttlMs: 60_000, expected: own.value };
    // As often as would end the connection, were each a failure of the server.
    for (const value of [bytes(2), Buffer.alloc(100_000)]) {
      for (let time = 0; time < 6; time += 1) {
        await expect(store.claims.replace('full', { ...answer, value }, never)).rejects.toMatchObject({
          code: 'storage_unavailable',
          details: { isFull: true },
        });
      }
    }
    const { claims, answers } = store.sides;
    expect(
      [claims, answers].map(({ isUp, figures }) => ({ isUp, failures: figures.failures, losses: figures.losses })),
    ).toEqual([claims, answers].map(() => ({ isUp: true, failures: 0, losses: 0 })));
  });

  it('tell of a connection that is lost while the server is there', async () => {
    const lost: string[] = [];
    const store = openStore(redis.server.url, { timeoutMs: () => 500, onSideLost: (side) => lost.push(side) });
    onTestFinished(() => store.close());
    await until(() => store.isWhole);
    await redis.server.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await until(() => lost.length > 0);
    expect([lost, store.errors]).toEqual([['answers'], []]);
    expect(store.sides.answers.figures.losses).toBeGreaterThan(0);
  });

  it('wait for no large answer, and neither do counts', async () => {
    await using proxy = await startFaultProxy(redis.server.port);
    const store = await open(redis.server.url.replace(String(redis.server.port), String(proxy.port)));
    onTestFinished(() => store.close());
    await until(() => store.isWhole);
    const claim = { value: bytes(1), ttlMs: 60_000 };
    const large = Buffer.alloc(400_000, 7);
    await store.claims.putIfAbsent('large', claim, never);
    expect(await store.claims.replace('large', { ...claim, value: large, expected: claim.value }, never)).toBe(true);
    expect(large.equals((await store.claims.putIfAbsent('large', claim, never)) ?? bytes(0))).toBe(true);
    // One of them takes two seconds by itself.
    proxy.bytesPerMs = 200;
    const slow = Promise.allSettled([1, 2].map(() => store.claims.putIfAbsent('large', claim, never)));
    for (let call = 0; call < 10; call += 1) {
      expect(await store.claims.putIfAbsent(`small ${call}`, claim, never)).toBeUndefined();
    }
    expect(store.figures).toMatchObject({ timeouts: 0, losses: 0 });
    proxy.resetAll();
    await slow;
  });

  it('are given up in time by a server that is frozen, and at once while it is out of reach', async () => {
    const store = await open(redis.server.url);
    onTestFinished(() => store.close());
    redis.server.freeze();
    onTestFinished(() => redis.server.thaw());
    const put = () => store.claims.putIfAbsent('frozen', { value: bytes(1), ttlMs: 60_000 }, never);
    await expect(put()).rejects.toThrow('in time');
    await redis.server.kill();
    await until(() => !store.isUp);
    await expect
      .poll(async () => put().catch((cause: unknown) => cause), { timeout: 20_000 })
      .toMatchObject({
        code: 'storage_unavailable',
      });
    await redis.server.start();
    await expect.poll(() => isThere(store), { timeout: 20_000 }).toBe(true);
  });
});
