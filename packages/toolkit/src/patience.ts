import type { Clock, GatewayError } from '@sluice/contract';

/** How long a store that somebody else holds is waited for, from the first time on that it was. */
const HELD_WITHIN_MS = 2_000;

/** With a store that says that it will be free in a moment: it is asked again, for up to 2 s in all. */
export class Patience {
  readonly #clock: Pick<Clock, 'monotonic'>;
  #heldSinceMs: number | undefined;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Whether to ask again after `retryAfterMs`, rather than to take the failure for one. */
  has({ details }: GatewayError): boolean {
    if (details.retryAfterMs === undefined) return false;
    const nowMs = this.#clock.monotonic();
    this.#heldSinceMs ??= nowMs;
    return nowMs - this.#heldSinceMs < HELD_WITHIN_MS;
  }

  /** The store has answered. */
  renew(): void {
    this.#heldSinceMs = undefined;
  }
}
