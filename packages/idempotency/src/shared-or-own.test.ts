import { gatewayError } from '@sluice/contract';
import type { AtomicKeyValueStore } from '@sluice/contract';
import { openSqliteStore } from '@sluice/store-sqlite';
import { atomicKeyValueStoreSuite, createManualClock } from '@sluice/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryPath } from './__fixtures__/temporary-path.js';
import { sharedOrOwn } from './index.js';
import type { SharedStorePolicy } from './index.js';

const never = new AbortController().signal;
const ENTRY = { value: Uint8Array.of(1), ttlMs: 60_000 };
const ANSWER = { expected: ENTRY.value, value: Uint8Array.of(2), ttlMs: 60_000 };
const OTHER = { value: Uint8Array.of(3), ttlMs: 60_000 };

function openBoth(policy: SharedStorePolicy) {
  const clock = createManualClock();
  const stores = [openSqliteStore({ path: temporaryPath() }), openSqliteStore({ path: temporaryPath() })] as const;
  onTestFinished(() => stores.forEach((store) => store.close()));
  const [shared, own] = stores.map((store) => store.entries({ clock, maxBytes: 1_000_000 })) as [
    AtomicKeyValueStore,
    AtomicKeyValueStore,
  ];
  const errors: unknown[] = [];
  const both = sharedOrOwn({ shared, own, policy: () => policy, onError: (cause) => errors.push(cause) });
  return { clock, shared, own, both, errors, endShared: () => stores[0].close() };
}

atomicKeyValueStoreSuite('the shared store alone', () => {
  const { both, clock } = openBoth('reject');
  return { store: both, advance: (ms) => clock.advance(ms) };
});
atomicKeyValueStoreSuite('the shared store and the own one', () => {
  const { both, clock } = openBoth('local');
  return { store: both, advance: (ms) => clock.advance(ms) };
});

describe('without the shared store', () => {
  it('nothing is done under reject', async () => {
    const { both, endShared } = openBoth('reject');
    endShared();
    await expect(both.putIfAbsent('k', ENTRY, never)).rejects.toMatchObject({ code: 'storage_unavailable' });
  });

  it('the own one decides under local, also of what was claimed before', async () => {
    const { both, errors, endShared } = openBoth('local');
    await both.putIfAbsent('before', ENTRY, never);
    expect(errors).toEqual([]);
    endShared();
    expect(await both.replace('before', ANSWER, never)).toBe(true);
    expect(await both.putIfAbsent('before', OTHER, never)).toEqual(ANSWER.value);
    expect(await both.putIfAbsent('after', ENTRY, never)).toBeUndefined();
    expect(await both.putIfAbsent('after', OTHER, never)).toEqual(ENTRY.value);
    expect(await both.deleteIf('after', ENTRY.value, never)).toBe(true);
    // Told once, with the reason.
    expect(errors).toEqual([expect.objectContaining({ code: 'storage_unavailable' })]);
  });
});

describe('a shared store that has forgotten', () => {
  it('is told under local what was claimed and what was answered', async () => {
    const { both, shared } = openBoth('local');
    await both.putIfAbsent('k', ENTRY, never);
    await shared.deleteIf('k', ENTRY.value, never);
    expect(await both.replace('k', ANSWER, never)).toBe(true);
    expect(await shared.putIfAbsent('k', OTHER, never)).toEqual(ANSWER.value);
  });

  it('is believed where it has something else by now', async () => {
    const { both, shared } = openBoth('local');
    await both.putIfAbsent('k', ENTRY, never);
    await shared.deleteIf('k', ENTRY.value, never);
    await shared.putIfAbsent('k', OTHER, never);
    expect(await both.replace('k', ANSWER, never)).toBe(false);
  });
});

describe('a shared store that has no room for an answer', () => {
  it('is told under local that the key is free, and the machine keeps the answer', async () => {
    const { shared, own, errors } = openBoth('local');
    const full = gatewayError('storage_unavailable', { details: { isFull: true } });
    const both = sharedOrOwn({
      shared: { ...shared, replace: () => Promise.reject(full) },
      own,
      policy: () => 'local',
      onError: (cause) => errors.push(cause),
    });
    await both.putIfAbsent('k', ENTRY, never);
    expect(await both.replace('k', ANSWER, never)).toBe(true);
    expect(await both.putIfAbsent('k', OTHER, never)).toEqual(ANSWER.value);
    expect(await shared.putIfAbsent('k', OTHER, never)).toBeUndefined();
    expect(errors).toEqual([full]);
  });
});

describe('what another machine has claimed', () => {
  it('is found, and nothing of the own try stays', async () => {
    const { both, shared, own } = openBoth('local');
    await shared.putIfAbsent('k', OTHER, never);
    expect(await both.putIfAbsent('k', ENTRY, never)).toEqual(OTHER.value);
    expect(await own.putIfAbsent('k', ENTRY, never)).toBeUndefined();
  });
});
