import type { Claim, CounterStore, SharedCounterStore } from '@sluice/contract';
import { createMemoryCounterStore } from '@sluice/store-memory';
import { createManualClock } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { bound } from './__fixtures__/asking.js';
import { GuardedStore } from './guarded-store.js';
import { StandIn } from './stand-in.js';

const never = new AbortController().signal;
const claim = (limit: number): Claim => ({
  ...{ scope: 'key:k1', kind: 'window', name: 'requests', amount: 1, limit, windowMs: 60_000 },
});

/** A store that is away, and has room to be told of so many requests. */
function open(room: number) {
  const clock = createManualClock();
  const noted = new Set<string>();
  const store: SharedCounterStore = {
    ...bound(createMemoryCounterStore({ clock })),
    ...{ isUp: false, sharers: 1, lastUsed: () => 0, heldOf: () => 0 },
    note: (id) => noted.size < room && noted.add(id).has(id),
    cancel: async (id) => void noted.delete(id),
  };
  const local: CounterStore = createMemoryCounterStore({ clock });
  const guarded = new GuardedStore({
    ...{ store, clock, standIn: new StandIn(clock), code: 'limiter_unavailable', onError: () => undefined },
    failing: { local: () => local, policy: () => ({ timeoutMs: 50, onFailure: 'local' }) },
  });
  const reserve = (id: string, limit: number) => guarded.reserve({ id, claims: [claim(limit)] }, never);
  return { guarded, noted, reserve };
}

it('nothing is admitted of which the shared store could never be told', async () => {
  const { guarded, noted, reserve } = open(2);
  await reserve('a', 10);
  const second = await reserve('b', 10);
  await expect(reserve('c', 10)).rejects.toMatchObject({
    code: 'limiter_unavailable',
    details: { retryAfterMs: 1_000 },
  });
  expect(guarded.admittedLocally).toBe(2);
  await second.store?.cancel('b');
  // What was refused took nothing of the limit.
  expect((await reserve('d', 10)).result.states[0]?.remaining).toBe(8);
  expect([...noted]).toEqual(['a', 'd']);
});

it('the shared store does not hear of what is not admitted', async () => {
  const { guarded, noted, reserve } = open(10);
  await reserve('a', 1);
  expect((await reserve('b', 1)).result.ok).toBe(false);
  await expect(guarded.reserve({ id: 'c', claims: [claim(5)] }, AbortSignal.abort(new Error('left')))).rejects.toThrow(
    'left',
  );
  expect([...noted]).toEqual(['a']);
});
