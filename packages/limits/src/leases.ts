import type { Cancel, Clock, CounterStore } from '@sluice/contract';

interface Lease {
  readonly id: string;
  readonly store: CounterStore;
}

export interface LeasesDeps {
  readonly clock: Clock;
  readonly onError: (cause: unknown) => void;
}

/** The reservations of the requests that are under way: renewed together, three times a lease, by one timer for all. */
export class Leases {
  readonly #deps: LeasesDeps;
  readonly #held = new Set<Lease>();
  #cancel: Cancel | undefined;

  constructor(deps: LeasesDeps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#held.size;
  }

  hold(id: string, store: CounterStore): Lease {
    const lease = { id, store };
    this.#held.add(lease);
    this.#cancel ??= this.#deps.clock.after(store.leaseMs / 3, this.#renew);
    return lease;
  }

  drop(lease: Lease): void {
    this.#held.delete(lease);
    if (this.#held.size > 0) return;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  readonly #renew = (): void => {
    this.#cancel = undefined;
    const byStore = Map.groupBy(this.#held, ({ store }) => store);
    for (const [store, leases] of byStore) store.renew(leases.map(({ id }) => id)).catch(this.#deps.onError);
    const [next] = byStore.keys();
    if (next) this.#cancel = this.#deps.clock.after(next.leaseMs / 3, this.#renew);
  };
}
