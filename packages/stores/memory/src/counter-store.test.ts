import { counterStoreSuite, createManualClock } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { createMemoryCounterStore } from './index.js';

counterStoreSuite('memory', () => {
  const clock = createManualClock();
  return { store: createMemoryCounterStore({ clock }), advance: (ms) => clock.advance(ms) };
});

it.each([-3_600_000, 3_600_000])('ends windows in time when the wall clock steps by %i ms', async (stepMs) => {
  const clock = createManualClock();
  const store = createMemoryCounterStore({ clock });
  const claims = [{ scope: 'key:a', kind: 'window', name: 'requests', amount: 1, limit: 1, windowMs: 1_000 }] as const;
  const { signal } = new AbortController();
  await store.reserve(claims, signal);
  clock.stepWallClock(stepMs);
  clock.advance(999);
  expect((await store.reserve(claims, signal)).ok).toBe(false);
  clock.advance(1);
  expect((await store.reserve(claims, signal)).ok).toBe(true);
});
