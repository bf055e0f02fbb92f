import type { Claim, CounterStore, KeyValueStore, ReserveResult } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { counterSettleTests } from './counter-settle-tests.js';
import { openStore as open } from './open-store.js';
import type { CreateStore } from './open-store.js';

const WINDOW_MS = 1_000;

const requests = (limit: number, scope = 'key:a'): Claim => ({
  scope,
  kind: 'window',
  name: 'requests',
  amount: 1,
  limit,
  windowMs: WINDOW_MS,
});
const concurrent = (limit: number, scope = 'key:a'): Claim => ({
  scope,
  kind: 'gauge',
  name: 'concurrent',
  amount: 1,
  limit,
  windowMs: 0,
});

const never = new AbortController().signal;

let reservations = 0;

/** Reserves under a new id. */
function reserve(store: CounterStore, claims: readonly Claim[], signal = never): Promise<ReserveResult> {
  return store.reserve(`r${(reservations += 1)}`, claims, signal);
}

/** Reserves so many times at once; the ids of those that got in. */
async function admitted(store: CounterStore, times: number, claims: readonly Claim[]): Promise<string[]> {
  const results = await Promise.all(Array.from({ length: times }, () => reserve(store, claims)));
  return results.flatMap((result) => (result.ok ? [result.id] : []));
}

/** What every `CounterStore` owes: exact counts at any concurrency, all or nothing, windows that end, leases. */
export function counterStoreSuite(name: string, create: CreateStore<CounterStore>): void {
  describe(`${name} as a counter store`, () => {
    windowCountTests(create);
    windowTimeTests(create);
    gaugeTests(create);
    atomicityTests(create);
    counterSettleTests(create);
  });
}

function windowCountTests(create: CreateStore<CounterStore>): void {
  it('admits exactly the limit of 200 simultaneous claims', async () => {
    const { store } = await open(create);
    expect(await admitted(store, 200, [requests(50)])).toHaveLength(50);
  });

  it('gives every admitted claim an id of its own', async () => {
    const { store } = await open(create);
    expect(new Set(await admitted(store, 50, [requests(50)])).size).toBe(50);
  });

  it('says what remains after the claim', async () => {
    const { store } = await open(create);
    const result = await reserve(store, [requests(3)]);
    expect(result.states[0]).toMatchObject({ claim: requests(3), remaining: 2 });
  });

  it('keeps what was taken in a window when the reservation is released', async () => {
    const { store } = await open(create);
    for (const id of await admitted(store, 2, [requests(2)])) await store.settle(id, {});
    expect(await admitted(store, 1, [requests(2)])).toHaveLength(0);
  });

  it('counts each scope by itself', async () => {
    const { store } = await open(create);
    await admitted(store, 1, [requests(1, 'key:a')]);
    expect(await admitted(store, 1, [requests(1, 'key:b')])).toHaveLength(1);
  });

  it('admits nothing under a limit of 0', async () => {
    const { store } = await open(create);
    expect(await admitted(store, 1, [requests(0)])).toHaveLength(0);
  });
}

function windowTimeTests(create: CreateStore<CounterStore>): void {
  it('starts the window with its first claim', async () => {
    const { store, advance } = await open(create);
    await advance(WINDOW_MS / 2);
    const { states } = await reserve(store, [requests(3)]);
    expect(states[0]?.resetMs).toBeGreaterThan(WINDOW_MS * 0.8);
    expect(states[0]?.resetMs).toBeLessThanOrEqual(WINDOW_MS);
  });

  it('admits again when the window has ended', async () => {
    const { store, advance } = await open(create);
    await admitted(store, 3, [requests(2)]);
    await advance(WINDOW_MS);
    expect(await admitted(store, 3, [requests(2)])).toHaveLength(2);
  });

  it('follows a limit that changes within the window', async () => {
    const { store } = await open(create);
    await admitted(store, 2, [requests(2)]);
    expect(await admitted(store, 5, [requests(4)])).toHaveLength(2);
  });
}

function gaugeTests(create: CreateStore<CounterStore>): void {
  it('admits exactly the limit of simultaneous claims to a gauge', async () => {
    const { store } = await open(create);
    expect(await admitted(store, 50, [concurrent(5)])).toHaveLength(5);
  });

  it('admits one more for each release', async () => {
    const { store } = await open(create);
    const held = await admitted(store, 5, [concurrent(5)]);
    for (const id of held.slice(0, 2)) await store.settle(id, {});
    expect(await admitted(store, 50, [concurrent(5)])).toHaveLength(2);
  });

  it('is whole again when every reservation is released', async () => {
    const { store } = await open(create);
    for (const id of await admitted(store, 5, [concurrent(5)])) await store.settle(id, {});
    expect(await admitted(store, 50, [concurrent(5)])).toHaveLength(5);
  });

  it('takes a second release of the same reservation for none', async () => {
    const { store } = await open(create);
    const [first = ''] = await admitted(store, 2, [concurrent(2)]);
    await Promise.all([store.settle(first, {}), store.settle(first, {})]);
    expect(await admitted(store, 5, [concurrent(2)])).toHaveLength(1);
  });

  it('takes the release of an unknown reservation for none', async () => {
    const { store } = await open(create);
    await admitted(store, 1, [concurrent(1)]);
    await store.settle('no such reservation', {});
    expect(await admitted(store, 1, [concurrent(1)])).toHaveLength(0);
  });

  it('holds a gauge for as long as it is not released', async () => {
    const { store, advance } = await open(create);
    await admitted(store, 1, [concurrent(1)]);
    await advance(WINDOW_MS * 2);
    expect(await admitted(store, 1, [concurrent(1)])).toHaveLength(0);
  });
}

function atomicityTests(create: CreateStore<CounterStore>): void {
  it('takes nothing from a window when the gauge beside it is full', async () => {
    const { store } = await open(create);
    await admitted(store, 10, [requests(2), concurrent(1)]);
    const { states } = await reserve(store, [requests(2)]);
    expect(states[0]?.remaining).toBe(0);
  });

  it('takes nothing from a gauge when the window beside it is full', async () => {
    const { store } = await open(create);
    await admitted(store, 10, [concurrent(9), requests(2)]);
    expect(await admitted(store, 20, [concurrent(9)])).toHaveLength(7);
  });

  it('names the claim that did not fit first, then the others', async () => {
    const { store } = await open(create);
    await admitted(store, 1, [requests(5), concurrent(1)]);
    const refused = await reserve(store, [requests(5), concurrent(1)]);
    expect(refused.states.map(({ claim, remaining }) => [claim.name, remaining])).toEqual([
      ['concurrent', 0],
      ['requests', 4],
    ]);
  });

  it('rejects with the reason of an aborted signal and takes nothing', async () => {
    const { store } = await open(create);
    const reason = new Error('gone');
    await expect(reserve(store, [requests(1)], AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(await admitted(store, 1, [requests(1)])).toHaveLength(1);
  });
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

/** What every `KeyValueStore` owes: the bytes that were stored, until they expire or are deleted. */
export function keyValueStoreSuite(name: string, create: CreateStore<KeyValueStore>): void {
  describe(`${name} as a key-value store`, () => {
    valueTests(create);
    lifetimeTests(create);
  });
}

function valueTests(create: CreateStore<KeyValueStore>): void {
  it('gives back the bytes that were stored, whatever they are', async () => {
    const { store } = await open(create);
    const value = Uint8Array.from({ length: 256 }, (_, index) => index);
    await store.set('a', { value, ttlMs: 1_000 }, never);
    expect(Uint8Array.from((await store.get('a', never)) ?? [])).toEqual(value);
  });

  it('keeps an empty value apart from none', async () => {
    const { store } = await open(create);
    await store.set('a', { value: bytes(), ttlMs: 1_000 }, never);
    expect((await store.get('a', never))?.byteLength).toBe(0);
  });

  it('has nothing under a key that was never set', async () => {
    const { store } = await open(create);
    expect(await store.get('a', never)).toBeUndefined();
  });

  it('replaces what was stored under the key', async () => {
    const { store } = await open(create);
    await store.set('a', { value: bytes(1), ttlMs: 1_000 }, never);
    await store.set('a', { value: bytes(2), ttlMs: 1_000 }, never);
    expect([...((await store.get('a', never)) ?? [])]).toEqual([2]);
  });

  it.each(['__proto__', 'constructor', 'a\nb', 'ключ'])('takes %o for a key like any other', async (key) => {
    const { store } = await open(create);
    expect(await store.get(key, never)).toBeUndefined();
    await store.set(key, { value: bytes(1), ttlMs: 1_000 }, never);
    expect(await store.get(key, never)).toBeDefined();
  });

  it('rejects with the reason of an aborted signal', async () => {
    const { store } = await open(create);
    const reason = new Error('gone');
    await expect(store.get('a', AbortSignal.abort(reason))).rejects.toBe(reason);
  });
}

function lifetimeTests(create: CreateStore<KeyValueStore>): void {
  it('forgets an entry when its time is over', async () => {
    const { store, advance } = await open(create);
    await store.set('a', { value: bytes(1), ttlMs: 1_000 }, never);
    await advance(1_001);
    expect(await store.get('a', never)).toBeUndefined();
  });

  it('keeps nothing for no time', async () => {
    const { store } = await open(create);
    await store.set('a', { value: bytes(1), ttlMs: 1_000 }, never);
    await store.set('a', { value: bytes(2), ttlMs: 0 }, never);
    expect(await store.get('a', never)).toBeUndefined();
  });

  it('forgets an entry that is deleted and no other', async () => {
    const { store } = await open(create);
    await store.set('a', { value: bytes(1), ttlMs: 1_000 }, never);
    await store.set('b', { value: bytes(2), ttlMs: 1_000 }, never);
    await store.delete('a', never);
    expect(await store.get('a', never)).toBeUndefined();
    expect(await store.get('b', never)).toBeDefined();
  });
}
