import { setImmediate } from 'node:timers/promises';
import type { KeyValueStore } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { createResponseCache } from './index.js';

const signal = new AbortController().signal;
const answer = { body: Buffer.from('{}'), contentType: 'application/json', provider: 'openai', model: 'gpt' };
const hang = () => new Promise<never>(() => {});
const lost = new Error('connection lost');
const throwLost = () => {
  throw lost;
};

/** A store without time, to which single operations can be given anew. */
function setUp(broken: Partial<KeyValueStore> = {}) {
  const entries = new Map<string, { value: Uint8Array; ttlMs: number }>();
  const errors: unknown[] = [];
  const clock = createManualClock();
  const store: KeyValueStore = {
    get: async (key) => entries.get(key)?.value,
    set: async (key, entry) => void entries.set(key, entry),
    delete: async (key) => void entries.delete(key),
    ...broken,
  };
  const cache = createResponseCache({ store, ttlMs: 60_000, clock, onError: (cause) => errors.push(cause) });
  return { cache, clock, entries, errors };
}

describe('lookup', () => {
  it('finds an answer that was stored', async () => {
    const { cache } = setUp();
    cache.store('a', answer);
    expect(await cache.lookup('a', signal)).toEqual(answer);
  });

  it('misses what was never stored', async () => {
    const { cache } = setUp();
    expect(await cache.lookup('a', signal)).toBeUndefined();
  });

  it('misses when the store fails, and reports it', async () => {
    const { cache, errors } = setUp({ get: () => Promise.reject(lost) });
    expect(await cache.lookup('a', signal)).toBeUndefined();
    expect(errors).toEqual([lost]);
  });

  it('misses when the store throws', async () => {
    const { cache, errors } = setUp({ get: throwLost });
    expect(await cache.lookup('a', signal)).toBeUndefined();
    expect(errors).toEqual([lost]);
  });

  it('misses after 50 ms of a store that hangs, and tells the store to stop', async () => {
    const signals: AbortSignal[] = [];
    const { cache, clock } = setUp({ get: (_key, inner) => (signals.push(inner), hang()) });
    const found = cache.lookup('a', signal);
    clock.advance(50);
    expect(await found).toBeUndefined();
    expect(signals[0]?.aborted).toBe(true);
  });

  it('misses and reports when the entry is garbage', async () => {
    const { cache, errors } = setUp({ get: async () => Uint8Array.of(7, 7) });
    expect(await cache.lookup('a', signal)).toBeUndefined();
    expect(errors).toHaveLength(1);
  });

  it('ends when the caller leaves, which is no failure of the store', async () => {
    const { cache, errors } = setUp({ get: hang });
    const caller = new AbortController();
    const found = cache.lookup('a', caller.signal);
    caller.abort();
    expect(await found).toBeUndefined();
    expect(errors).toEqual([]);
  });

  it('does not ask the store for a caller that has left', async () => {
    let asked = 0;
    const { cache } = setUp({ get: async () => void (asked += 1) });
    await cache.lookup('a', AbortSignal.abort());
    expect(asked).toBe(0);
  });

  it.each([
    ['answers', {}],
    ['fails', { get: () => Promise.reject(lost) }],
    ['throws', { get: throwLost }],
    ['hangs until the caller leaves', { get: hang }],
  ])('leaves no timer behind when the store %s', async (_, broken) => {
    const { cache, clock } = setUp(broken);
    const caller = new AbortController();
    const found = cache.lookup('a', caller.signal);
    await setImmediate();
    caller.abort();
    await found;
    expect(clock.pending).toBe(0);
  });
});

describe('store', () => {
  it('keeps an answer for the time that the settings say', () => {
    const { cache, entries } = setUp();
    cache.store('a', answer);
    expect(entries.get('a')?.ttlMs).toBe(60_000);
  });

  it.each([
    [1_048_576, true],
    [1_048_577, false],
  ])('of an answer of %d bytes keeps it: %s', (length, kept) => {
    const { cache, entries } = setUp();
    cache.store('a', { ...answer, body: new Uint8Array(length) });
    expect(entries.has('a')).toBe(kept);
  });

  it('reports a store that fails', async () => {
    const { cache, errors } = setUp({ set: () => Promise.reject(lost) });
    cache.store('a', answer);
    await setImmediate();
    expect(errors).toEqual([lost]);
  });

  it('gives up a store that hangs', async () => {
    const { cache, clock, errors } = setUp({ set: hang });
    cache.store('a', answer);
    clock.advance(50);
    await setImmediate();
    expect(errors).toHaveLength(1);
  });
});

describe('key', () => {
  it('tells two tenants apart that ask the same', () => {
    const { cache } = setUp();
    const question = { dialect: 'openai', wire: { model: 'gpt' } };
    expect(cache.key({ ...question, tenant: 'a' })).not.toBe(cache.key({ ...question, tenant: 'b' }));
  });
});
