import { toGatewayError } from '@sluice/contract';
import type { Clock, GatewayError } from '@sluice/contract';

/** How long a store that somebody else holds is waited for, from the first time on that it was. */
const HELD_WITHIN_MS = 2_000;
/** Who was not asked for so long may be held by somebody else by now. */
const SAME_WITHIN_MS = 1_000;

/** With a store that says that it will be free in a moment: it is asked again, for up to 2 s in all. */
export class Patience {
  readonly #clock: Pick<Clock, 'monotonic'>;
  #heldSinceMs: number | undefined;
  #askedMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Whether to ask again after `retryAfterMs`, rather than to take the failure for one. */
  has({ details }: GatewayError): boolean {
    if (details.retryAfterMs === undefined) return false;
    const nowMs = this.#clock.monotonic();
    if (nowMs - this.#askedMs > SAME_WITHIN_MS) this.#heldSinceMs = undefined;
    this.#askedMs = nowMs;
    this.#heldSinceMs ??= nowMs;
    return nowMs - this.#heldSinceMs < HELD_WITHIN_MS;
  }

  /** The store has answered. */
  renew(): void {
    this.#heldSinceMs = undefined;
  }
}

/**
 * Does what a store says will be possible in a moment again until it is, for up to 2 s, while the event loop goes on. Rejects
 * as an error of the table with what it fails with, and with the signal's reason.
 */
export async function whenFree<T>(
  work: () => T | PromiseLike<T>,
  clock: Pick<Clock, 'monotonic' | 'after'>,
  signal?: AbortSignal,
): Promise<T> {
  const patience = new Patience(clock);
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (cause) {
      const failure = toGatewayError(cause);
      if (!patience.has(failure)) throw failure;
      await new Promise<void>((resolve) => void clock.after(failure.details.retryAfterMs ?? 0, resolve));
    }
  }
}
