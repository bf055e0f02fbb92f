import { setTimeout as sleep } from 'node:timers/promises';
import type { Claim, ReserveResult } from '@sluice/contract';
import { REDIS_PASSWORD, describeWithRedis, startRedis, timed } from '@sluice/testkit';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { startFaultProxy } from './__fixtures__/fault-proxy.js';
import type { FaultProxy } from './__fixtures__/fault-proxy.js';
import { openStore, until, untilUp } from './__fixtures__/open.js';
import type { OpenOptions, OpenedStore } from './__fixtures__/open.js';

const never = new AbortController().signal;
const MINUTE_MS = 60_000;

const claim = (limit: number, more: Partial<Claim> = {}): Claim => ({
  ...{ scope: 'key:a', kind: 'window', name: 'requests', amount: 1, limit, windowMs: MINUTE_MS },
  ...more,
});
const money = (amount: number, limit: number): Claim =>
  claim(limit, { name: 'spend', amount, windowMs: Number.POSITIVE_INFINITY });
const slot = (limit: number): Claim => claim(limit, { kind: 'gauge', name: 'concurrent', windowMs: 0 });

let ids = 0;
const newId = (): string => `r${(ids += 1)}`;
const take = ({ counters }: OpenedStore, one: Claim, id = newId()): Promise<ReserveResult> =>
  counters.reserve(id, [one], never);
/** What is left, without taking any of it. */
const left = async (store: OpenedStore, one: Claim): Promise<number | undefined> => {
  const { states } = await store.counters.reserve(newId(), [{ ...one, amount: 0 }], never);
  return states[0]?.remaining;
};

describeWithRedis('a Redis server', (redis) => {
  /** Slow machines are no fault that is tested here, where it does not matter how fast the server is. */
  const PATIENT: OpenOptions = { timeoutMs: () => 500 };

  async function open(options: OpenOptions = PATIENT, port = redis.server.port): Promise<OpenedStore> {
    const store = openStore(`redis://default:${REDIS_PASSWORD}@127.0.0.1:${port}`, options);
    onTestFinished(() => store.close());
    await untilUp(store);
    return store;
  }
  async function proxied(): Promise<FaultProxy> {
    const proxy = await startFaultProxy(redis.server.port);
    onTestFinished(() => proxy[Symbol.asyncDispose]());
    return proxy;
  }

  beforeEach(async () => {
    await redis.server.command('FLUSHALL');
  });

  it('F46 counts in its own windows, whatever the clocks of the gateways say', async () => {
    const day = { span: 'day' } as const;
    const stores = await Promise.all([open({ ...PATIENT, wrongByMs: -500 }), open({ ...PATIENT, wrongByMs: 500 })]);
    const all = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        (stores[index % 2] as OpenedStore).counters.reserve(newId(), [claim(10), claim(10, day)], never),
      ),
    );
    expect(all.filter((result) => result.ok)).toHaveLength(10);
    const resets = await Promise.all(stores.map((store) => take(store, claim(10))));
    const [one = Number.NaN, other = Number.NaN] = resets.map(({ states }) => states[0]?.resetMs);
    expect(one).toBeGreaterThan(0);
    expect(Math.abs(one - other)).toBeLessThan(250);
  });

  it('F50 is not waited for once it is killed, and not asked', async () => {
    const store = await open();
    await redis.server.kill();
    await until(() => !store.isUp);
    const { tookMs } = await timed(async () => {
      for (let call = 0; call < 100; call += 1) {
        await expect(take(store, claim(5))).rejects.toMatchObject({ code: 'storage_unavailable' });
      }
    });
    expect(tookMs).toBeLessThan(100);
    await redis.server.start();
    await untilUp(store);
    expect(store.errors).toHaveLength(1);
  });

  it('F51 that comes back empty is told again what was counted, and what is held', async () => {
    const store = await open();
    await take(store, money(40, 100), 'settled');
    await store.counters.settle('settled', { spend: 30 });
    await store.counters.reserve('held', [money(20, 100), slot(1)], never);
    for (let call = 0; call < 3; call += 1) await take(store, claim(5));
    await redis.server.kill();
    await until(() => !store.isUp);
    await store.counters.settle('held', { spend: 25 });
    await redis.server.start();
    expect((await timed(() => untilUp(store))).tookMs).toBeLessThan(1_000);
    expect([await left(store, money(0, 100)), await left(store, claim(5)), await left(store, slot(1))]).toEqual([
      45, 2, 1,
    ]);
    expect(store.counters.rebuilds).toBe(1);
  });

  it('F51 counts a request that was admitted without it, once, and settles it', async () => {
    const store = await open();
    await take(store, money(10, 100));
    await redis.server.kill();
    await until(() => !store.isUp);
    store.counters.note('noted', [money(20, 100), slot(3)]);
    store.counters.note('ended', [money(5, 100), slot(3)]);
    await store.counters.settle('ended', { spend: 7 });
    await redis.server.start();
    await untilUp(store);
    expect([await left(store, money(0, 100)), await left(store, slot(3))]).toEqual([63, 2]);
    await store.counters.settle('noted', { spend: 1 });
    expect([await left(store, money(0, 100)), await left(store, slot(3))]).toEqual([82, 3]);
  });

  it('F47 is not lost by a process that stood still for longer than a server may', async () => {
    const store = await open({ timeoutMs: () => 50 });
    await take(store, claim(5));
    // What follows a callback of this kind are the timers, those of sockets too, and only then what can be read.
    await new Promise(setImmediate);
    const untilMs = performance.now() + 1_200;
    while (performance.now() < untilMs);
    expect((await take(store, claim(5))).ok).toBe(true);
    await sleep(300);
    expect([store.errors, store.figures]).toEqual([[], { timeouts: 0, failures: 0, losses: 0 }]);
    expect(await left(store, claim(5))).toBe(3);
  });

  it('F52 that was frozen does nothing of what it finds when it wakes', async () => {
    const store = await open({ timeoutMs: () => 50 });
    await take(store, claim(50));
    redis.server.freeze();
    onTestFinished(() => redis.server.thaw());
    const waits: number[] = [];
    for (let call = 0; call < 8; call += 1) {
      waits.push((await timed(() => expect(take(store, claim(50))).rejects.toThrow())).tookMs);
    }
    expect(store.isUp).toBe(false);
    // Five wait for as long as they may; the others do not.
    expect(waits.filter((ms) => ms > 25).length).toBeLessThanOrEqual(5);
    await sleep(300);
    redis.server.thaw();
    expect((await timed(() => untilUp(store))).tookMs).toBeLessThan(1_500);
    await until(() => store.counters.unsent === 0);
    expect(await left(store, claim(50))).toBe(49);
  });

  it('F53 that is slow is given up, and taken up again only when it has been fast for a while', async () => {
    const proxy = await proxied();
    const store = await open({ timeoutMs: () => 50 }, proxy.port);
    proxy.delayMs = () => 50 + Math.random() * 100;
    while (store.isUp) await take(store, claim(500)).catch(() => undefined);
    const { losses } = store.figures;
    const beganMs = performance.now();
    while (performance.now() - beganMs < 1_500) {
      await take(store, claim(500)).catch(() => undefined);
      await sleep(5);
    }
    expect(store.figures.losses - losses).toBe(0);
    proxy.delayMs = () => 0;
    await untilUp(store);
    await until(() => store.counters.unsent === 0);
  });

  it('F54 whose connections are reset counts nothing twice', async () => {
    const proxy = await proxied();
    const store = await open(PATIENT, proxy.port);
    let acknowledged = 0;
    for (let call = 0; call < 60; call += 1) {
      if (call % 10 === 5) proxy.resetAll();
      const id = newId();
      await take(store, claim(1_000), id).then(
        () => (acknowledged += 1),
        () => undefined,
      );
      if (!store.isUp) await untilUp(store);
    }
    await until(() => store.counters.unsent === 0);
    expect(proxy.accepted).toBeGreaterThan(3);
    expect(await left(store, claim(1_000))).toBe(1_000 - acknowledged);
  });

  it('F54 each third of whose connections is reset is reached all the same', async () => {
    const proxy = await proxied();
    proxy.resets = (connection) => connection % 3 !== 0;
    const store = await open(PATIENT, proxy.port);
    expect(proxy.accepted).toBeGreaterThanOrEqual(3);
    expect((await take(store, claim(1))).ok).toBe(true);
  });

  it('F54 whose connection is dead and was never closed gets another one', async () => {
    const proxy = await proxied();
    const store = await open({ timeoutMs: () => 50 }, proxy.port);
    const { accepted } = proxy;
    proxy.isDead = true;
    await until(() => !store.isUp);
    await until(() => proxy.accepted > accepted);
    proxy.isDead = false;
    await untilUp(store);
    expect((await take(store, claim(1))).ok).toBe(true);
  });

  it('F54 that throws its clients out is there again at once', async () => {
    const store = await open();
    await take(store, claim(5));
    await redis.server.command('CLIENT', 'KILL', 'TYPE', 'normal');
    await until(() => store.figures.losses === 1);
    await untilUp(store);
    expect(await left(store, claim(5))).toBe(4);
    expect(store.counters.rebuilds).toBe(0);
  });

  it('F55 that has forgotten the scripts is given them again', async () => {
    const store = await open();
    await take(store, claim(5), 'a');
    await redis.server.command('SCRIPT', 'FLUSH');
    expect((await take(store, claim(5))).ok).toBe(true);
    await redis.server.command('SCRIPT', 'FLUSH');
    await store.counters.settle('a', {});
    expect([await left(store, claim(5)), store.figures.losses, store.errors]).toEqual([3, 0, []]);
  });

  it('F55 that has no memory left counts as lost until it has', async () => {
    const store = await open();
    await take(store, money(10, 100), 'a');
    await redis.server.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    await redis.server.command('CONFIG', 'SET', 'maxmemory', '1');
    onTestFinished(async () => void (await redis.server.command('CONFIG', 'SET', 'maxmemory', '0')));
    await expect(take(store, money(10, 100))).rejects.toThrow('OOM');
    await store.counters.settle('a', { spend: 7 });
    await until(() => !store.isUp);
    await redis.server.command('CONFIG', 'SET', 'maxmemory', '0');
    await untilUp(store);
    expect(await left(store, money(0, 100))).toBe(93);
  });

  it('F55 that only reads counts as lost until it writes', async () => {
    const store = await open();
    const other = await startRedis();
    onTestFinished(() => other.stop());
    await redis.server.command('CONFIG', 'SET', 'masterauth', REDIS_PASSWORD);
    await redis.server.command('REPLICAOF', '127.0.0.1', String(other.port));
    onTestFinished(async () => void (await redis.server.command('REPLICAOF', 'NO', 'ONE')));
    await until(() => !store.isUp);
    await expect(take(store, claim(5))).rejects.toThrow();
    await redis.server.command('REPLICAOF', 'NO', 'ONE');
    await untilUp(store);
    expect((await take(store, claim(5))).ok).toBe(true);
  });

  it('F55 that does not know the password is never up, and no error has it', async () => {
    const store = openStore(`redis://default:wrong-canary@127.0.0.1:${redis.server.port}`);
    onTestFinished(() => store.close());
    await until(() => store.errors.length > 0);
    expect([store.isUp, String(store.errors[0])]).toEqual([false, expect.stringContaining('WRONGPASS')]);
    expect(JSON.stringify(store.errors.map((error) => [String(error), (error as Error).stack]))).not.toContain(
      'wrong-canary',
    );
  });

  it.each(['FLUSHALL', 'DEL sluice:{counters}:counts', 'DEL sluice:{counters}:due'])(
    'F56 that has lost its counts by %s is told them again before it counts anew',
    async (command) => {
      const store = await open();
      await take(store, money(60, 100), 'a');
      await store.counters.settle('a', { spend: 50 });
      await take(store, money(20, 100), 'b');
      await redis.server.command(...command.split(' '));
      await expect(take(store, money(50, 100))).rejects.toThrow();
      await until(() => store.counters.rebuilds === 1);
      await untilUp(store);
      expect(await left(store, money(0, 100))).toBe(30);
      await store.counters.settle('b', { spend: 1 });
      expect(await left(store, money(0, 100))).toBe(49);
    },
  );

  it('F56 evicts all of the counts or none, and is told them again', async () => {
    const store = await open();
    await take(store, money(60, 100), 'a');
    await store.counters.settle('a', { spend: 50 });
    await redis.server.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    await redis.server.command('CONFIG', 'SET', 'maxmemory', '1');
    await redis.server.command('SET', 'something', 'else');
    await redis.server.command('CONFIG', 'SET', 'maxmemory', '0');
    await until(() => store.counters.rebuilds > 0);
    await untilUp(store);
    expect(await left(store, money(0, 100))).toBe(50);
  });

  it('F56 believes of two gateways the one that knows the latest version', async () => {
    const [one, other] = await Promise.all([open(), open()]);
    await take(one, money(10, 100), 'a');
    await one.counters.settle('a', { spend: 10 });
    await take(other, money(30, 100), 'b');
    await other.counters.settle('b', { spend: 30 });
    await redis.server.command('FLUSHALL');
    await until(() => one.counters.rebuilds === 1 && other.counters.rebuilds === 1);
    await Promise.all([untilUp(one), untilUp(other)]);
    expect([await left(one, money(0, 100)), await left(other, money(0, 100))]).toEqual([60, 60]);
  });
});
