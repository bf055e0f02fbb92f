import type { Admission, AmountsUsed, CounterStore } from '@sluice/contract';
import type { RateLimitHeaders } from './headers.js';
import { toActual } from './claims.js';
import type { Lease, Leases } from './leases.js';

/** What one request holds, and where. */
export interface Holding {
  readonly id: string;
  readonly headers: RateLimitHeaders;
  /** Each once. */
  readonly stores: readonly CounterStore[];
  readonly instead?: string | undefined;
  readonly reservedNanoUsd?: number | undefined;
  /** Whether its row was written with it. */
  readonly isRecorded: boolean;
}

export interface AdmissionDeps {
  readonly leases: Leases;
  readonly onError: (cause: unknown) => void;
  /** When what a request of the key held is free again. */
  readonly onSettled: (keyId: string) => void;
}

/** The admission of a request for which something was reserved. */
export function createAdmission(keyId: string, holding: Holding, deps: AdmissionDeps): Admission {
  return new HeldAdmission(keyId, holding, deps);
}

class HeldAdmission implements Admission {
  readonly headers: RateLimitHeaders;
  readonly instead?: string;
  readonly reservedNanoUsd?: number;
  readonly isRecorded?: true;
  readonly #keyId: string;
  readonly #deps: AdmissionDeps;
  /** Absent once it is settled, and where nobody has counted. */
  #lease: Lease | undefined;

  constructor(keyId: string, holding: Holding, deps: AdmissionDeps) {
    const { id, headers, stores, instead, reservedNanoUsd, isRecorded } = holding;
    this.headers = headers;
    if (instead !== undefined) this.instead = instead;
    if (reservedNanoUsd !== undefined) this.reservedNanoUsd = reservedNanoUsd;
    if (isRecorded) this.isRecorded = true;
    this.#keyId = keyId;
    this.#deps = deps;
    this.#lease = stores.length === 0 ? undefined : deps.leases.hold(id, stores);
  }

  settle(used: AmountsUsed): void {
    const lease = this.#lease;
    if (!lease) return;
    this.#lease = undefined;
    const { leases, onSettled, onError } = this.#deps;
    leases.drop(lease);
    const actual = toActual(used);
    for (const store of lease.stores) store.settle(lease.id, actual).then(() => onSettled(this.#keyId), onError);
  }
}
