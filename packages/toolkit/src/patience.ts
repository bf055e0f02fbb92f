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

/** What the last one who asked was told. */
interface Held {
  readonly failure: GatewayError;
  /** When the next one asks. */
  readonly again: Promise<void>;
}

/**
 * All who wait for one store that somebody else holds. However many they are, the store is asked once in each moment, and
 * once it is free, they go on in the order in which they came.
 */
export class Waiters {
  readonly #clock: Pick<Clock, 'monotonic' | 'after'>;
  #held: Held | undefined;

  constructor(clock: Pick<Clock, 'monotonic' | 'after'>) {
    this.#clock = clock;
  }

  /**
   * Does what a store says will be possible in a moment again until it is, for up to 2 s, while the event loop goes on. Rejects
   * as an error of the table with what it fails with, and with the signal's reason.
   */
  async whenFree<T>(work: () => T | PromiseLike<T>, signal?: AbortSignal): Promise<T> {
    const patience = new Patience(this.#clock);
    for (;;) {
      signal?.throwIfAborted();
      let held = this.#held;
      try {
        if (!held) return await work();
      } catch (cause) {
        held = this.#hold(toGatewayError(cause));
      }
      if (!patience.has(held.failure)) throw held.failure;
      await held.again;
    }
  }

  #hold(failure: GatewayError): Held {
    const { retryAfterMs } = failure.details;
    if (retryAfterMs === undefined) throw failure;
    return (this.#held ??= { failure, again: this.#pass(retryAfterMs) });
  }

  #pass(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(ms, () => {
        this.#held = undefined;
        resolve();
      });
    });
  }
}

const SLEEPER = new Int32Array(new SharedArrayBuffer(4));

/** The event loop waits too: for what is done as a process ends. */
export function sleepNow(ms: number): void {
  Atomics.wait(SLEEPER, 0, 0, ms);
}
