import type { Cancel, Clock, CounterStore } from '@sluice/contract';
import { Bag } from '@sluice/toolkit';
import type { Bagged } from '@sluice/toolkit';

/** What one request has reserved. */
export interface Lease extends Bagged {
  readonly id: string;
  readonly stores: readonly CounterStore[];
}

export interface LeasesDeps {
  readonly clock: Clock;
  readonly onError: (cause: unknown) => void;
}

/** The reservations of the requests that are under way: renewed together, three times a lease, by one timer for all. */
export class Leases {
  readonly #deps: LeasesDeps;
  readonly #held = new Bag<Lease>();
  #cancel: Cancel | undefined;

  constructor(deps: LeasesDeps) {
    this.#deps = deps;
  }

  /** Requests that hold something. */
  get size(): number {
    return this.#held.size;
  }

  hold(id: string, stores: readonly CounterStore[]): Lease {
    const lease = { id, stores, place: 0 };
    this.#held.add(lease);
    this.#cancel ??= this.#renewLater(stores);
    return lease;
  }

  drop(lease: Lease): void {
    this.#held.delete(lease);
    if (this.#held.size > 0) return;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #renewLater([first]: readonly CounterStore[]): Cancel | undefined {
    return first && this.#deps.clock.after(first.leaseMs / 3, this.#renew);
  }

  readonly #renew = (): void => {
    const held = this.#held.list().flatMap(({ id, stores }) => stores.map((store) => ({ id, store })));
    const byStore = Map.groupBy(held, ({ store }) => store);
    for (const [store, leases] of byStore) store.renew(leases.map(({ id }) => id)).catch(this.#deps.onError);
    this.#cancel = this.#renewLater([...byStore.keys()]);
  };
}
