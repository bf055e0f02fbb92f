import type { Clock } from '@sluice/contract';

/** After the stop has begun, calls are still served for this long: who watches the readiness needs time to see it. */
const GRACE_MS = 1_000;

/** Where a gateway stands between start and stop. */
export class Lifecycle {
  readonly #clock: Clock;
  #drainingSinceMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What the readiness probe says. */
  get isReady(): boolean {
    return this.#drainingSinceMs === undefined;
  }

  startDraining(): void {
    this.#drainingSinceMs ??= this.#clock.monotonic();
  }

  /** True when new calls get a 503 `draining`. */
  isRefusing(): boolean {
    return this.#drainingSinceMs !== undefined && this.#clock.monotonic() - this.#drainingSinceMs >= GRACE_MS;
  }
}
