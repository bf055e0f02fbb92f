import type { AtomicKeyValueStore } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { openStore as open } from './open-store.js';
import type { CreateStore } from './open-store.js';

/** Longer than any machine takes for a test whose time is moved. */
const TTL_MS = 60_000;
const never = new AbortController().signal;
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const plain = (value: Uint8Array | undefined): number[] | undefined => value && [...value];

/** What is at `key`; leaves it as it is. */
async function at(store: AtomicKeyValueStore, key: string): Promise<number[] | undefined> {
  const probe = bytes(250, 251, 252);
  const found = await store.putIfAbsent(key, { value: probe, ttlMs: TTL_MS }, never);
  if (!found) await store.deleteIf(key, probe, never);
  return plain(found);
}

/** What every `AtomicKeyValueStore` owes: one winner of any race, changes only of what is expected, lifetimes. */
export function atomicKeyValueStoreSuite(name: string, create: CreateStore<AtomicKeyValueStore>): void {
  describe(`${name} as an atomic key-value store`, () => {
    putTests(create);
    changeTests(create);
    lifetimeTests(create);
  });
}

function putTests(create: CreateStore<AtomicKeyValueStore>): void {
  it('lets one of 100 simultaneous writers in, and shows the others what it wrote', async () => {
    const { store } = await open(create);
    const found = await Promise.all(
      Array.from({ length: 100 }, (_, one) => store.putIfAbsent('a', { value: bytes(one), ttlMs: TTL_MS }, never)),
    );
    const winner = found.indexOf(undefined);
    expect(found.filter((value) => value === undefined)).toHaveLength(1);
    expect(new Set(found.flatMap((value) => plain(value) ?? []))).toEqual(new Set([winner]));
  });

  it('has bytes as they were, whatever they are, and an empty value apart from none', async () => {
    const { store } = await open(create);
    const all = Uint8Array.from({ length: 256 }, (_, index) => index);
    await store.putIfAbsent('a', { value: all, ttlMs: TTL_MS }, never);
    await store.putIfAbsent('b', { value: bytes(), ttlMs: TTL_MS }, never);
    expect([await at(store, 'a'), await at(store, 'b'), await at(store, 'c')]).toEqual([[...all], [], undefined]);
  });

  it.each(['__proto__', 'constructor', 'a\nb', 'ключ'])('takes %o for a key like any other', async (key) => {
    const { store } = await open(create);
    expect(await store.putIfAbsent(key, { value: bytes(1), ttlMs: TTL_MS }, never)).toBeUndefined();
    expect(await at(store, key)).toEqual([1]);
  });

  it('rejects with the reason of an aborted signal, and writes nothing', async () => {
    const { store } = await open(create);
    const reason = new Error('gone');
    const entry = { value: bytes(1), ttlMs: TTL_MS };
    await expect(store.putIfAbsent('a', entry, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(await at(store, 'a')).toBeUndefined();
  });
}

function changeTests(create: CreateStore<AtomicKeyValueStore>): void {
  it('replaces what is expected, and nothing else', async () => {
    const { store } = await open(create);
    await store.putIfAbsent('a', { value: bytes(1), ttlMs: TTL_MS }, never);
    const change = (expected: number, value: number) =>
      store.replace('a', { expected: bytes(expected), value: bytes(value), ttlMs: TTL_MS }, never);
    expect([await change(2, 9), await change(1, 3), await change(1, 4)]).toEqual([false, true, false]);
    expect(await at(store, 'a')).toEqual([3]);
  });

  it('deletes what is expected, and nothing else', async () => {
    const { store } = await open(create);
    await store.putIfAbsent('a', { value: bytes(1), ttlMs: TTL_MS }, never);
    expect(await store.deleteIf('a', bytes(2), never)).toBe(false);
    expect(await at(store, 'a')).toEqual([1]);
    expect([await store.deleteIf('a', bytes(1), never), await store.deleteIf('a', bytes(1), never)]).toEqual([
      true,
      false,
    ]);
    expect(await at(store, 'a')).toBeUndefined();
  });

  it('makes nothing of nothing', async () => {
    const { store } = await open(create);
    const change = { expected: bytes(), value: bytes(1), ttlMs: TTL_MS };
    expect([await store.replace('a', change, never), await at(store, 'a')]).toEqual([false, undefined]);
  });
}

function lifetimeTests(create: CreateStore<AtomicKeyValueStore>): void {
  it('lets the next one in when the time of an entry is over, and its writer change it no more', async () => {
    const { store, advance } = await open(create);
    await store.putIfAbsent('a', { value: bytes(1), ttlMs: TTL_MS }, never);
    await advance(TTL_MS + 1);
    const late = { expected: bytes(1), value: bytes(2), ttlMs: TTL_MS };
    expect(await store.replace('a', late, never)).toBe(false);
    expect(await store.putIfAbsent('a', { value: bytes(3), ttlMs: TTL_MS }, never)).toBeUndefined();
    expect([await store.deleteIf('a', bytes(1), never), await at(store, 'a')]).toEqual([false, [3]]);
  });

  it('begins the time of an entry anew when it is replaced', async () => {
    const { store, advance } = await open(create);
    await store.putIfAbsent('a', { value: bytes(1), ttlMs: TTL_MS }, never);
    await advance(TTL_MS * 0.7);
    await store.replace('a', { expected: bytes(1), value: bytes(1), ttlMs: TTL_MS }, never);
    await advance(TTL_MS * 0.7);
    expect(await at(store, 'a')).toEqual([1]);
  });
}
