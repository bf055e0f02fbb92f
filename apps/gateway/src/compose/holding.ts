import type { Resource, ResourcePool, Share } from '@sluice/core';

/** Everything of a pool that one configuration holds. */
export class Holding {
  readonly #pool: ResourcePool;
  readonly #shares: Share<unknown>[] = [];

  constructor(pool: ResourcePool) {
    this.#pool = pool;
  }

  take<T>(key: string, open: () => Resource<T>): T {
    const share = this.#pool.acquire(key, open);
    this.#shares.push(share);
    return share.value;
  }

  /** Idempotent. */
  release(): void {
    for (const share of this.#shares.splice(0).reverse()) share.release();
  }
}
