import { createManualClock, keyValueStoreSuite } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { createMemoryKeyValueStore } from './index.js';

const never = new AbortController().signal;

keyValueStoreSuite('memory', () => {
  const clock = createManualClock();
  return { store: createMemoryKeyValueStore({ clock, maxBytes: 1_000_000 }), advance: (ms) => clock.advance(ms) };
});

it('keeps bytes as they are, not as text', async () => {
  const store = createMemoryKeyValueStore({ clock: createManualClock(), maxBytes: 1_000_000 });
  const value = Uint8Array.of(0, 255);
  await store.set('a', { value, ttlMs: 1_000 }, never);
  expect(await store.get('a', never)).toBe(value);
});
