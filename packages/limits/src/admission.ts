import type { Admission, AmountsUsed, CounterStore } from '@sluice/contract';
import type { RateLimitHeaders } from './headers.js';
import { toActual } from './claims.js';
import type { Leases } from './leases.js';

/** What one request holds, and where. */
export interface Holding {
  readonly id: string;
  readonly headers: RateLimitHeaders;
  /** Each once. */
  readonly stores: readonly CounterStore[];
  readonly instead?: string | undefined;
  readonly reservedNanoUsd?: number | undefined;
}

export interface AdmissionDeps {
  readonly leases: Leases;
  readonly onError: (cause: unknown) => void;
  /** When what it held is free again. */
  readonly onSettled: () => void;
}

/** The admission of a request for which something was reserved. */
export function createAdmission(
  { id, headers, stores, instead, reservedNanoUsd }: Holding,
  deps: AdmissionDeps,
): Admission {
  let held = stores.map((store) => deps.leases.hold(id, store));
  return {
    headers,
    ...(instead === undefined ? {} : { instead }),
    ...(reservedNanoUsd === undefined ? {} : { reservedNanoUsd }),
    settle(used: AmountsUsed) {
      const ending = held;
      held = [];
      for (const lease of ending) {
        deps.leases.drop(lease);
        lease.store.settle(id, toActual(used)).then(deps.onSettled, deps.onError);
      }
    },
  };
}
