import { atomicKeyValueStoreSuite, createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { temporaryPath, temporaryStore } from './__fixtures__/temporary-store.js';

const never = new AbortController().signal;
const DAY_MS = 86_400_000;

atomicKeyValueStoreSuite('SQLite', () => {
  const clock = createManualClock();
  const store = temporaryStore().entries({ clock, maxBytes: 1_000_000 });
  return { store, advance: (ms) => clock.advance(ms) };
});

const kilobyte = (fill: number) => ({ value: new Uint8Array(1_000).fill(fill), ttlMs: DAY_MS });
const small = { value: Uint8Array.of(1), ttlMs: DAY_MS };

describe('entries in SQLite', () => {
  it('outlive the store, and are the same for all who open the file', async () => {
    const path = temporaryPath();
    const options = { clock: createManualClock(), maxBytes: 1_000_000 };
    const first = temporaryStore({ path });
    const other = temporaryStore({ path });
    await first.entries(options).putIfAbsent('a', kilobyte(7), never);
    expect((await other.entries(options).putIfAbsent('a', small, never))?.[0]).toBe(7);
    first.close();
    other.close();
    expect((await temporaryStore({ path }).entries(options).putIfAbsent('a', small, never))?.length).toBe(1_000);
  });

  it('never are more than they may be: the oldest go first, what is written now never', async () => {
    const store = temporaryStore().entries({ clock: createManualClock(), maxBytes: 40_000 });
    for (let at = 0; at < 100; at += 1) await store.putIfAbsent(`k${at}`, kilobyte(at), never);
    expect((await store.putIfAbsent('k99', small, never))?.[0]).toBe(99);
    expect(await store.putIfAbsent('k0', small, never)).toBeUndefined();
    const grown = { expected: small.value, value: new Uint8Array(39_000), ttlMs: DAY_MS };
    expect(await store.replace('k0', grown, never)).toBe(true);
    expect((await store.putIfAbsent('k0', small, never))?.length).toBe(39_000);
  });

  it('leave bit by bit where they may be far fewer than before, and no write waits for all of them', async () => {
    const clock = createManualClock();
    const store = temporaryStore();
    const roomy = store.entries({ clock, maxBytes: 100_000_000 });
    for (let at = 0; at < 40; at += 1) {
      await roomy.putIfAbsent(`k${at}`, { value: new Uint8Array(1_000_000), ttlMs: DAY_MS }, never);
    }
    const narrow = store.entries({ clock, maxBytes: 2_000_000 });
    await narrow.putIfAbsent('new 0', small, never);
    expect((await narrow.putIfAbsent('k39', small, never))?.length).toBe(1_000_000);
    // Both writes have taken some, the oldest first.
    for (const at of [1, 2]) await narrow.putIfAbsent(`new ${at}`, small, never);
    const isLeft = async (at: number) => (await roomy.putIfAbsent(`k${at}`, small, never)) !== undefined;
    expect([await isLeft(0), await isLeft(37), await isLeft(39)]).toEqual([false, false, true]);
  });

  it('make room when they have expired', async () => {
    const clock = createManualClock();
    const path = temporaryPath();
    const store = temporaryStore({ path }).entries({ clock, maxBytes: 5_000 });
    for (let at = 0; at < 5; at += 1) await store.putIfAbsent(`old${at}`, { ...kilobyte(at), ttlMs: 10 }, never);
    clock.advance(10);
    await store.putIfAbsent('lasting', kilobyte(9), never);
    for (let at = 0; at < 4; at += 1) await store.putIfAbsent(`new${at}`, kilobyte(at), never);
    expect((await store.putIfAbsent('lasting', small, never))?.[0]).toBe(9);
  });

  it('are storage_unavailable once the store is closed', async () => {
    const store = temporaryStore();
    const entries = store.entries({ clock: createManualClock(), maxBytes: 1_000 });
    store.close();
    await expect(entries.putIfAbsent('a', small, never)).rejects.toMatchObject({ code: 'storage_unavailable' });
  });
});
