import type { Admission, CounterStore, Principal, ReserveResult } from '@sluice/contract';
import { createMemoryCounterStore } from '@sluice/store-memory';
import { createManualClock } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { asking, bound } from './__fixtures__/asking.js';
import type { OnStoreFailure } from './guarded-store.js';
import { LimitBook, createLimiter } from './index.js';

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
