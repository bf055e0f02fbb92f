import type { Admission, Claim, CounterStore, Principal, ReserveResult } from '@sluice/contract';
import { createMemoryCounterStore } from '@sluice/store-memory';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { asking, bound } from './__fixtures__/asking.js';
import type { OnStoreFailure } from './guarded-store.js';
import { LimitBook, createLimiter } from './index.js';
import { StandIn } from './stand-in.js';

const never = new AbortController().signal;
const USED_UP = { code: 'rate_limit_exceeded' };

/** Of one organisation, with a limit over all its keys; one of them has a budget too. */
function open(onBudgets: OnStoreFailure) {
  const clock = createManualClock();
  const counting = bound(createMemoryCounterStore({ clock }));
  const state = { fails: false };
  const store: CounterStore = {
    ...counting,
    reserve(...asked): Promise<ReserveResult> {
      return state.fails ? Promise.reject(new Error('connection lost')) : counting.reserve(...asked);
    },
  };
  const book = new LimitBook({ scopes: { 'org:acme': { requestsPerMinute: 4 } }, budgets: [] });
  const policy = (onFailure: OnStoreFailure) => () => ({ timeoutMs: 50, onFailure });
  const limiter = createLimiter({
    ...{ store, clock, book: () => book },
    policies: {
      ...{ limits: policy('local'), budgets: policy(onBudgets) },
      local: () => createMemoryCounterStore({ clock }),
    },
  });
  const key = (keyId: string, more: Partial<Principal> = {}): Principal => ({
    ...{ kind: 'key', role: 'caller', keyId, keyName: keyId, tenant: 'acme', limits: {} },
    ...more,
  });
  const ask = (principal: Principal): Promise<Admission> => limiter.admit(asking(principal), never);
  return { state, withBudget: () => ask(key('k1', { budget: { usd: 5 } })), without: () => ask(key('k2')) };
}

it('a limit that requests with a budget have used up is used up for all others while the store fails', async () => {
  const { state, withBudget, without } = open('reject');
  for (let call = 0; call < 4; call += 1) await withBudget();
  state.fails = true;
  await expect(without()).rejects.toMatchObject(USED_UP);
});

it('what is left of a limit while the store fails is given out once, with a budget or without', async () => {
  const { state, withBudget, without } = open('local');
  await withBudget();
  await without();
  state.fails = true;
  await withBudget();
  await without();
  await expect(withBudget()).rejects.toMatchObject(USED_UP);
  await expect(without()).rejects.toMatchObject(USED_UP);
});

describe('what the store has told last', () => {
  const minute: Claim = { scope: 'key:a', kind: 'window', name: 'requests', amount: 1, limit: 10, windowMs: 60_000 };
  const told = (claim: Claim, remaining: number, resetMs: number): ReserveResult => ({
    ok: true,
    id: 'r1',
    states: [{ claim, remaining, resetMs }],
  });

  it('is known of each window by itself', () => {
    const standIn = new StandIn(createManualClock());
    const windows: Claim[] = [
      minute,
      { ...minute, scope: 'key:b' },
      { ...minute, name: 'tokens' },
      { ...minute, windowMs: 1_000 },
      { ...minute, span: 'sliding' },
    ];
    for (const [used, claim] of windows.entries()) standIn.remember(told(claim, 10 - used, 60_000));
    standIn.remember(told(minute, 3, 60_000));
    expect(windows.map((claim) => standIn.seenOf(claim))).toEqual([7, 1, 2, 3, 4]);
  });

  it('is over with the window, a sliding one with its whole length', () => {
    const clock = createManualClock();
    const standIn = new StandIn(clock);
    const sliding = { ...minute, span: 'sliding' } as const;
    standIn.remember(told(minute, 3, 20_000));
    standIn.remember(told(sliding, 4, 20_000));
    const seen = (): readonly number[] => [standIn.seenOf(minute), standIn.seenOf(sliding)];
    clock.advance(19_999);
    expect(seen()).toEqual([7, 6]);
    clock.advance(1);
    expect(seen()).toEqual([0, 6]);
    clock.advance(40_000);
    expect(seen()).toEqual([0, 0]);
  });
});
