import { setTimeout as sleep } from 'node:timers/promises';
import type { Claim } from '@sluice/contract';
import { REDIS_PASSWORD, describeWithRedis } from '@sluice/testkit';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { openStore, realClock, until, untilUp } from './__fixtures__/open.js';
import type { OpenOptions, OpenedStore } from './__fixtures__/open.js';

const never = new AbortController().signal;
const MINUTE_MS = 60_000;
const MANY = 150_000;

const counted = (more: Partial<Claim>): Claim => ({
  ...{ scope: 'key:a', kind: 'window', name: 'requests', amount: 1, limit: 1_000_000, windowMs: MINUTE_MS },
  ...more,
});
const CLAIMS: readonly Claim[] = [
  counted({}),
  counted({ span: 'sliding' }),
  counted({ span: 'day', windowMs: 86_400_000 }),
  counted({ name: 'spend', amount: 5, windowMs: Number.POSITIVE_INFINITY }),
  counted({ kind: 'gauge', name: 'concurrent', windowMs: 0 }),
];

async function used({ counters }: OpenedStore): Promise<readonly number[]> {
  const claims = CLAIMS.map((claim) => ({ ...claim, amount: 0 }));
  const { states } = await counters.reserve('look', claims, never);
  return states.map(({ claim, remaining }) => claim.limit - remaining);
}

describeWithRedis('an outage of a Redis server with many requests', (redis) => {
  async function open(more: OpenOptions = {}): Promise<OpenedStore> {
    const url = `redis://default:${REDIS_PASSWORD}@127.0.0.1:${redis.server.port}`;
    const store = openStore(url, { timeoutMs: () => 500, ...more });
    onTestFinished(() => store.close());
    await untilUp(store);
    return store;
  }
  async function lose(store: OpenedStore): Promise<void> {
    await redis.server.kill();
    await until(() => !store.isUp);
  }

  beforeEach(async () => {
    await redis.server.command('FLUSHALL');
  });

  it('F50 is told the sums of what has ended, in their windows, whatever their number', async () => {
    const store = await open();
    await lose(store);
    let refused = 0;
    for (let call = 0; call < MANY; call += 1) {
      if (!store.counters.note(`n${call}`, CLAIMS)) refused += 1;
      await store.counters.settle(`n${call}`, { spend: 2 });
    }
    expect([refused, store.counters.unsent < 500]).toEqual([0, true]);
    await redis.server.start();
    await untilUp(store);
    expect(await used(store)).toEqual([MANY, MANY, MANY, 2 * MANY, 0]);
    expect(store.counters.unsent).toBe(0);
  });

  it('F50 adds nothing to a sum that was told, and tells what ends after it by itself', async () => {
    const store = await open();
    for (const round of [1, 2]) {
      await lose(store);
      for (let call = 0; call < 10; call += 1) {
        store.counters.note(`${round}-${call}`, CLAIMS);
        if (call !== 3) await store.counters.settle(`${round}-${call}`, { spend: 2 });
      }
      store.counters.note(`${round}-never`, CLAIMS);
      await store.counters.cancel(`${round}-never`);
      await redis.server.start();
      await untilUp(store);
      expect(await used(store)).toEqual([10 * round, 10 * round, 10 * round, 20 * round + 3, 1]);
      await store.counters.settle(`${round}-3`, { spend: 2 });
      expect(await used(store)).toEqual([10 * round, 10 * round, 10 * round, 20 * round, 0]);
    }
  });

  it('F50 counts what goes on beside a sum of what began before it and after it', async () => {
    const store = await open();
    await lose(store);
    const end = async (id: string): Promise<void> => {
      store.counters.note(id, CLAIMS);
      await store.counters.settle(id, { spend: 2 });
    };
    await end('before');
    await sleep(30);
    store.counters.note('going on', CLAIMS);
    await sleep(30);
    await end('after');
    await redis.server.start();
    await untilUp(store);
    expect(await used(store)).toEqual([3, 3, 3, 9, 1]);
  });

  it('F50 counts what began in one moment in one window, however long it takes to tell of it', async () => {
    let isTelling = false;
    let driftMs = 0;
    const real = { ...realClock(), monotonic: () => performance.now() + (isTelling ? (driftMs += 0.3) : driftMs) };
    const store = await open({ clock: real });
    await lose(store);
    for (const id of ['a', 'b', 'c']) store.counters.note(id, CLAIMS);
    isTelling = true;
    await redis.server.start();
    await untilUp(store);
    expect(await used(store)).toEqual([3, 3, 3, 15, 3]);
  });

  it('F50 refuses what it could not be told of, and says so once', async () => {
    const store = await open();
    await lose(store);
    store.errors.length = 0;
    const [claim] = CLAIMS as [Claim];
    let noted = 0;
    while (store.counters.note(`n${noted}`, [claim])) noted += 1;
    for (let call = 0; call < 5; call += 1) expect(store.counters.note('more', [claim])).toBe(false);
    expect(store.errors.map(String)).toEqual([expect.stringContaining('more to hear of')]);
    // What has ended makes room.
    await store.counters.settle('n0', {});
    await store.counters.cancel('n1');
    expect([noted, store.counters.note('again', [claim])]).toEqual([100_000, true]);
  });
});
