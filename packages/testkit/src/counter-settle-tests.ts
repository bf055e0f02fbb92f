import type { Claim, ClaimState, CounterStore, ReserveResult } from '@sluice/contract';
import { expect, it } from 'vitest';
import { openStore } from './open-store.js';
import type { CreateStore } from './open-store.js';

const WINDOW_MS = 1_000;
const never = new AbortController().signal;

interface Wish extends Partial<Claim> {
  readonly amount: number;
  readonly limit: number;
}

const tokens = (wish: Wish): Claim => ({
  scope: 'key:a',
  kind: 'window',
  name: 'tokens',
  windowMs: WINDOW_MS,
  ...wish,
});
const slot = (limit: number): Claim => ({
  scope: 'key:a',
  kind: 'gauge',
  name: 'concurrent',
  amount: 1,
  limit,
  windowMs: 0,
});
const always = (wish: Wish): Claim => tokens({ ...wish, name: 'spend', windowMs: Number.POSITIVE_INFINITY });

const remaining = ({ states }: ReserveResult): readonly number[] => states.map((state: ClaimState) => state.remaining);
const look = async (store: CounterStore, id: string, claim: Claim): Promise<number | undefined> =>
  remaining(await store.reserve(id, [{ ...claim, amount: 0 }], never))[0];

/** What is settled, cancelled, renewed and left behind. */
export function counterSettleTests(create: CreateStore<CounterStore>): void {
  settleTests(create);
  cancelTests(create);
  leaseTests(create);
  spanTests(create);
}

function settleTests(create: CreateStore<CounterStore>): void {
  it('gives back what was not used of what was reserved', async () => {
    const { store } = await openStore(create);
    await store.reserve('r', [tokens({ amount: 80, limit: 100 })], never);
    await store.settle('r', { tokens: 30 });
    expect(await look(store, 'l', tokens({ amount: 0, limit: 100 }))).toBe(70);
  });

  it('takes what was used beyond what was reserved, and remains never below zero', async () => {
    const { store } = await openStore(create);
    await store.reserve('r', [tokens({ amount: 80, limit: 100 })], never);
    await store.settle('r', { tokens: 130 });
    const more = await store.reserve('s', [tokens({ amount: 1, limit: 100 })], never);
    expect([more.ok, remaining(more)]).toEqual([false, [0]]);
  });

  it('settles once, whatever comes after', async () => {
    const { store } = await openStore(create);
    await store.reserve('r', [tokens({ amount: 80, limit: 100 })], never);
    await Promise.all([store.settle('r', { tokens: 30 }), store.settle('r', { tokens: 0 })]);
    await store.cancel('r');
    expect(await look(store, 'l', tokens({ amount: 0, limit: 100 }))).toBe(70);
  });

  it('settles nothing in a window that began after the reservation', async () => {
    const { store, advance } = await openStore(create);
    await store.reserve('r', [tokens({ amount: 80, limit: 100 })], never);
    await advance(WINDOW_MS);
    await store.reserve('s', [tokens({ amount: 10, limit: 100 })], never);
    await store.settle('r', { tokens: 5_000 });
    expect(await look(store, 'l', tokens({ amount: 0, limit: 100 }))).toBe(90);
  });
}

function cancelTests(create: CreateStore<CounterStore>): void {
  it('takes back all of a reservation that is cancelled', async () => {
    const { store } = await openStore(create);
    await store.reserve('r', [tokens({ amount: 80, limit: 100 }), slot(1)], never);
    await store.cancel('r');
    expect(remaining(await store.reserve('s', [tokens({ amount: 0, limit: 100 }), slot(1)], never))).toEqual([100, 0]);
  });

  it('takes nothing more for a second reservation under the same id', async () => {
    const { store } = await openStore(create);
    const claims = [tokens({ amount: 60, limit: 100 })];
    const both = await Promise.all([store.reserve('r', claims, never), store.reserve('r', claims, never)]);
    expect(both.map(({ ok, states }) => [ok, states[0]?.remaining])).toEqual([
      [true, 40],
      [true, 40],
    ]);
  });

  it('admits exactly what fits of 100 simultaneous claims to money', async () => {
    const { store } = await openStore(create);
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, index) => store.reserve(`m${index}`, [always({ amount: 7, limit: 70 })], never)),
    );
    expect(results.filter(({ ok }) => ok)).toHaveLength(10);
    expect(results.at(-1)?.states[0]?.resetMs).toBe(Number.POSITIVE_INFINITY);
  });
}

function leaseTests(create: CreateStore<CounterStore>): void {
  it('frees what a reservation holds whose lease is over', async () => {
    const { store, advance } = await openStore(create);
    await store.reserve('ghost', [slot(1), always({ amount: 80, limit: 100 })], never);
    await advance(store.leaseMs - 1);
    expect((await store.reserve('early', [slot(1)], never)).ok).toBe(false);
    await advance(500);
    expect(remaining(await store.reserve('late', [slot(1), always({ amount: 0, limit: 100 })], never))).toEqual([
      0, 100,
    ]);
  });

  it('keeps what is renewed in time', async () => {
    const { store, advance } = await openStore(create);
    await store.reserve('long', [slot(1)], never);
    for (let time = 0; time < 4; time += 1) {
      await advance(store.leaseMs / 2);
      await store.renew(['long', 'no such reservation']);
    }
    expect((await store.reserve('other', [slot(1)], never)).ok).toBe(false);
  });

  it('counts what a reservation has used that is settled after its lease', async () => {
    const { store, advance } = await openStore(create);
    await store.reserve('slow', [always({ amount: 80, limit: 100 })], never);
    await advance(store.leaseMs + 500);
    expect(await look(store, 'l1', always({ amount: 0, limit: 100 }))).toBe(100);
    await store.settle('slow', { spend: 30 });
    await store.settle('slow', { spend: 30 });
    expect(await look(store, 'l2', always({ amount: 0, limit: 100 }))).toBe(70);
  });

  it('takes again what a reservation held that is renewed too late', async () => {
    const { store, advance } = await openStore(create);
    await store.reserve('slow', [always({ amount: 80, limit: 100 })], never);
    await advance(store.leaseMs + 500);
    expect(await look(store, 'l1', always({ amount: 0, limit: 100 }))).toBe(100);
    await store.renew(['slow']);
    expect(await look(store, 'l2', always({ amount: 0, limit: 100 }))).toBe(20);
    await store.settle('slow', { spend: 30 });
    expect(await look(store, 'l3', always({ amount: 0, limit: 100 }))).toBe(70);
  });
}

function spanTests(create: CreateStore<CounterStore>): void {
  it('lets a sliding window go on bit by bit', async () => {
    const { store, advance } = await openStore(create);
    const one = { span: 'sliding', amount: 50, limit: 100, windowMs: 6_000 } as const;
    await store.reserve('a', [tokens(one)], never);
    await advance(3_000);
    await store.reserve('b', [tokens(one)], never);
    const refused = await store.reserve('c', [tokens(one)], never);
    expect(refused.ok).toBe(false);
    const waitMs = refused.states[0]?.resetMs ?? 0;
    expect(waitMs).toBeGreaterThan(2_500);
    expect(waitMs).toBeLessThanOrEqual(3_100);
    await advance(waitMs);
    expect(remaining(await store.reserve('d', [tokens(one)], never))).toEqual([0]);
    expect((await store.reserve('e', [tokens(one)], never)).ok).toBe(false);
  });

  it.each(['day', 'month'] as const)('starts a calendar %s anew at its end in UTC', async (span) => {
    const { store, advance } = await openStore(create);
    const one = { span, amount: 100, limit: 100, windowMs: 86_400_000 } as const;
    const { states } = await store.reserve('a', [tokens(one)], never);
    await store.settle('a', {});
    const leftMs = states[0]?.resetMs ?? 0;
    expect(leftMs).toBeLessThanOrEqual(31 * 86_400_000);
    await advance(leftMs - 1);
    expect((await store.reserve('b', [tokens(one)], never)).ok).toBe(false);
    await advance(1);
    expect((await store.reserve('c', [tokens(one)], never)).ok).toBe(true);
  });

  it('counts the windows of one name by their lengths', async () => {
    const { store } = await openStore(create);
    const claims = [tokens({ amount: 1, limit: 5 }), tokens({ amount: 1, limit: 9, windowMs: 60_000 })];
    await store.reserve('a', claims, never);
    expect(remaining(await store.reserve('b', claims, never))).toEqual([3, 7]);
  });
}
