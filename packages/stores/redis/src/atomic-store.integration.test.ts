import { atomicKeyValueStoreSuite, describeWithRedis } from '@sluice/testkit';
import { expect, it, onTestFinished } from 'vitest';
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
