import type { AdmissionRequest, AmountsUsed, CounterStore, Principal } from '@sluice/contract';

export const NOTHING: AmountsUsed = { inputTokens: 0, outputTokens: 0, nanoUsd: 0 };

let asked = 0;

/** A request under an id of its own. */
export function asking(principal: Principal, more: Partial<AdmissionRequest> = {}): AdmissionRequest {
  asked += 1;
  return { id: `r${asked}`, principal, models: ['fast'], endUser: undefined, mayGoElsewhere: true, mayBeUnpriced: false, atMost: NOTHING, ...more };
}

/** Of the last one. */
export function lastId(back = 0): string {
  return `r${asked - back}`;
}

/** The methods of a store as an object that can be spread. */
export function bound(store: CounterStore): CounterStore {
  return {
    leaseMs: store.leaseMs,
    reserve: (id, claims, signal) => store.reserve(id, claims, signal),
    renew: (ids) => store.renew(ids),
    settle: (id, actual) => store.settle(id, actual),
    cancel: (id) => store.cancel(id),
  };
}
