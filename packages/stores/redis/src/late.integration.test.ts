import type { Claim } from '@sluice/contract';
import { REDIS_PASSWORD, describeWithRedis } from '@sluice/testkit';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { startFaultProxy } from './__fixtures__/fault-proxy.js';
import { openStore, until, untilUp } from './__fixtures__/open.js';
import type { OpenOptions, OpenedStore } from './__fixtures__/open.js';

const never = new AbortController().signal;
const money = (amount: number, limit: number): Claim => ({
  ...{ scope: 'key:a', kind: 'window', name: 'spend', amount, limit, windowMs: Number.POSITIVE_INFINITY },
});
const slot = (limit: number): Claim => ({
  ...{ scope: 'key:a', kind: 'gauge', name: 'concurrent', amount: 1, limit, windowMs: 0 },
});
/** What is left, without taking any of it. */
const left = async ({ counters }: OpenedStore, one: Claim): Promise<number | undefined> => {
  const { states } = await counters.reserve(`look at ${one.name}`, [{ ...one, amount: 0 }], never);
  return states[0]?.remaining;
};

describeWithRedis('a Redis server that does late what it is asked for', (redis) => {
  async function open(options: OpenOptions, port = redis.server.port): Promise<OpenedStore> {
    const store = openStore(`redis://default:${REDIS_PASSWORD}@127.0.0.1:${port}`, options);
    onTestFinished(() => store.close());
    await untilUp(store);
    return store;
  }

  beforeEach(async () => {
    await redis.server.command('FLUSHALL');
  });

  it('F52 that was frozen holds neither money nor places for calls that were given up', async () => {
    let timeoutMs = 2_000;
    const store = await open({ timeoutMs: () => timeoutMs });
    const all = [money(30, 100), slot(3)];
    await store.counters.reserve('first', all, never);
    redis.server.freeze();
    onTestFinished(() => redis.server.thaw());
    timeoutMs = 50;
    const given = ['second', 'third'].map((id) => store.counters.reserve(id, all, never));
    for (const call of given) await expect(call).rejects.toThrow();
    timeoutMs = 2_000;
    redis.server.thaw();
    await untilUp(store);
    await until(() => store.counters.unsent === 0);
    expect([await left(store, money(0, 100)), await left(store, slot(3))]).toEqual([70, 2]);
  });

  it('F53 whose answers come too late holds nothing of what it has granted', async () => {
    const proxy = await startFaultProxy(redis.server.port);
    onTestFinished(() => proxy[Symbol.asyncDispose]());
    let timeoutMs = 2_000;
    const store = await open({ timeoutMs: () => timeoutMs }, proxy.port);
    // There in time, and back too late.
    proxy.answersDelayMs = 5_000;
    timeoutMs = 150;
    await expect(store.counters.reserve('late', [money(60, 100), slot(1)], never)).rejects.toThrow();
    timeoutMs = 2_000;
    proxy.answersDelayMs = 0;
    proxy.resetAll();
    await until(() => store.figures.losses > 0);
    await untilUp(store);
    await until(() => store.counters.unsent === 0);
    expect([await left(store, money(0, 100)), await left(store, slot(1))]).toEqual([100, 1]);
  });

  it('F55 that forbids the channel of notices is asked for it until it is granted, and that is told once', async () => {
    await redis.server.command('ACL', 'SETUSER', 'deaf', 'on', '>deaf-canary', '~*', '+@all', 'resetchannels');
    onTestFinished(async () => void (await redis.server.command('ACL', 'DELUSER', 'deaf')));
    const deaf = openStore(`redis://deaf:deaf-canary@127.0.0.1:${redis.server.port}`, { timeoutMs: () => 500 });
    onTestFinished(() => deaf.close());
    let heard = 0;
    deaf.notices.onNotice(() => (heard += 1));
    await untilUp(deaf);
    await until(() => deaf.errors.length > 0);
    expect(deaf.errors.map(String)).toEqual([expect.stringContaining('NOPERM')]);
    const other = await open({ timeoutMs: () => 500 });
    const before = heard;
    await redis.server.command('ACL', 'SETUSER', 'deaf', 'allchannels');
    // What was said in the meantime was missed.
    await until(() => heard > before);
    const missed = heard;
    other.notices.publish();
    await until(() => heard > missed);
    expect([deaf.errors.length, deaf.figures.losses]).toEqual([1, 0]);

    // Who is counted goes on where it is forbidden afterwards.
    await redis.server.command('ACL', 'SETUSER', 'deaf', 'resetchannels');
    await until(() => deaf.errors.length > 1);
    expect(String(deaf.errors[1])).toContain('NOPERM');
    expect((await deaf.counters.reserve('counted', [money(1, 100)], never)).ok).toBe(true);
    const again = heard;
    await redis.server.command('ACL', 'SETUSER', 'deaf', 'allchannels');
    await until(() => heard > again && deaf.isWhole);
    expect([deaf.errors.length, deaf.figures.losses]).toEqual([2, 0]);
  });
});
