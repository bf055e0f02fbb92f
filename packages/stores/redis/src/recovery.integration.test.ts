import { setTimeout as sleep } from 'node:timers/promises';
import type { Claim, KeptCount, KeptCounts } from '@sluice/contract';
import { REDIS_PASSWORD, describeWithRedis, startRedis } from '@sluice/testkit';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { startFaultProxy } from './__fixtures__/fault-proxy.js';
import type { FaultProxy } from './__fixtures__/fault-proxy.js';
import { openStore, until, untilUp } from './__fixtures__/open.js';
import type { OpenOptions, OpenedStore } from './__fixtures__/open.js';
import type { CountKeeper } from './index.js';

const never = new AbortController().signal;
const MARK = 'sluice:{counters}:counts';

const money = (amount: number): Claim => ({
  ...{ scope: 'key:a', kind: 'window', name: 'spend', amount, limit: 100, windowMs: Number.POSITIVE_INFINITY },
});

let ids = 0;
const newId = (): string => `r${(ids += 1)}`;

async function spend({ counters }: OpenedStore, amount: number): Promise<void> {
  const id = newId();
  await counters.reserve(id, [money(amount)], never);
  await counters.settle(id, { spend: amount });
}

/** As who has admitted it without the server. */
async function spendAlone({ counters }: OpenedStore, amount: number): Promise<void> {
  const id = newId();
  counters.note(id, [money(amount)]);
  await counters.settle(id, { spend: amount });
}

async function left({ counters }: OpenedStore): Promise<number | undefined> {
  const { states } = await counters.reserve(newId(), [money(0)], never);
  return states[0]?.remaining;
}

/** What a machine's database has kept. */
function keeperOf(used: number, epoch?: string): CountKeeper & { kept: KeptCounts } {
  const { amount: _, limit: __, scope, kind: ___, ...window } = money(0);
  const counts = new Map<string, KeptCount>();
  if (used > 0) counts.set(scope, { scope, window, used, beginsAtMs: 0, endsAtMs: null });
  const keeper = {
    kept: { epoch, counts: [...counts.values()] } as KeptCounts,
    recall: () => keeper.kept,
    keep(kept: KeptCounts) {
      for (const count of kept.counts) counts.set(count.scope, count);
      keeper.kept = { epoch: kept.epoch, counts: [...counts.values()] };
    },
  };
  return keeper;
}

describeWithRedis('counts that a Redis server has lost', (redis) => {
  const PATIENT: OpenOptions = { timeoutMs: () => 500 };

  function begin(options: OpenOptions = PATIENT, port = redis.server.port): OpenedStore {
    const store = openStore(`redis://default:${REDIS_PASSWORD}@127.0.0.1:${port}`, options);
    onTestFinished(() => store.close());
    return store;
  }
  async function open(options?: OpenOptions, port?: number): Promise<OpenedStore> {
    const store = begin(options, port);
    await untilUp(store);
    return store;
  }
  async function proxied(port = redis.server.port): Promise<FaultProxy> {
    const proxy = await startFaultProxy(port);
    onTestFinished(() => proxy[Symbol.asyncDispose]());
    return proxy;
  }

  beforeEach(async () => {
    await redis.server.command('FLUSHALL');
  });

  it('F51 are told by a machine that starts long after another one has begun the epoch', async () => {
    const first = await open({ ...PATIENT, graceMs: 0 });
    await spend(first, 5);
    const second = await open({ ...PATIENT, keeper: keeperOf(90, 'an earlier epoch') });
    expect([await left(first), await left(second)]).toEqual([5, 5]);
  });

  it('F51 are not told to the server that has counted them itself', async () => {
    const keeper = keeperOf(0);
    const first = await open({ ...PATIENT, keeper });
    await spend(first, 30);
    await until(() => keeper.kept.counts[0]?.used === 30);
    first.close();
    const restarted = await open({ ...PATIENT, keeper });
    expect(await left(restarted)).toBe(70);
    await spend(restarted, 10);
    await until(() => keeper.kept.counts[0]?.used === 40);
    await redis.server.command('FLUSHALL');
    await until(() => restarted.counters.rebuilds === 1);
    await untilUp(restarted);
    expect(await left(restarted)).toBe(60);
  });

  it('F53 are told though the answer to who began the epoch was late', async () => {
    const proxy = await proxied();
    proxy.delayMs = () => 60;
    const store = begin({ timeoutMs: () => 50, graceMs: 0, keeper: keeperOf(90) }, proxy.port);
    while ((await redis.server.command('HEXISTS', MARK, 'epoch')) !== ':1') await sleep(2);
    expect(store.counters.isUp).toBe(false);
    proxy.delayMs = () => 0;
    await untilUp(store);
    expect(await left(store)).toBe(10);
  });

  it('F50 opens to nobody before those who shared it have told what they spent without it', async () => {
    const kept = await startRedis({ appendonly: 'yes', appendfsync: 'always' });
    onTestFinished(() => kept.stop());
    const far = await proxied(kept.port);
    const [near, other] = await Promise.all([open(PATIENT, kept.port), open(PATIENT, far.port)]);
    await until(() => near.counters.sharers === 2);
    await kept.kill();
    await until(() => !near.isUp && !other.isUp);
    await Promise.all([spendAlone(near, 50), spendAlone(other, 50)]);
    // Longer than a gateway counts as there without a sign of life.
    await sleep(2_100);
    // The other one comes back a little later.
    far.delayMs = () => 15;
    await kept.start();
    await untilUp(near);
    expect([near.counters.sharers, await left(near)]).toEqual([2, 0]);
  });
});
