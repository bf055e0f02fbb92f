import type { Actual, Claim, CounterStore, ReserveResult, SharedCounterStore } from '@sluice/contract';

/**
 * Counts in this process alone while a shared store is out of reach. What becomes of its reservations the shared store is
 * told too, for it takes them over as soon as it is back.
 */
export class LocalShare implements CounterStore {
  readonly #local: CounterStore;
  readonly #shared: SharedCounterStore;

  constructor(local: CounterStore, shared: SharedCounterStore) {
    this.#local = local;
    this.#shared = shared;
  }

  get leaseMs(): number {
    return Math.min(this.#local.leaseMs, this.#shared.leaseMs);
  }

  /** Of what the shared store was told of already. It need not hear of what is not admitted. */
  async reserve(id: string, claims: readonly Claim[], signal: AbortSignal): Promise<ReserveResult> {
    let isAdmitted = false;
    try {
      const result = await this.#local.reserve(id, claims, signal);
      isAdmitted = result.ok;
      return result;
    } finally {
      if (!isAdmitted) await this.#shared.cancel(id);
    }
  }

  async renew(ids: readonly string[]): Promise<void> {
    await Promise.all([this.#local.renew(ids), this.#shared.renew(ids)]);
  }

  async settle(id: string, actual: Actual): Promise<void> {
    await Promise.all([this.#local.settle(id, actual), this.#shared.settle(id, actual)]);
  }

  async cancel(id: string): Promise<void> {
    await Promise.all([this.#local.cancel(id), this.#shared.cancel(id)]);
  }
}
