import type { Cancel, Clock } from '@sluice/contract';
import { Bag } from '@sluice/toolkit';
import type { Bagged } from '@sluice/toolkit';

/** Somebody who waits, and what happens when that took too long. */
export interface Deadline extends Bagged {
  readonly atMs: number;
  readonly onLate: () => void;
}

/** Deadlines that are hardly ever missed: one timer for all that are open at a time, which is set for the first of them. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #waiting = new Bag<Deadline>();
  #cancel: Cancel | undefined;
  #looksAtMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(ms: number, onLate: () => void): Deadline {
    const deadline = { atMs: this.#clock.monotonic() + ms, onLate, place: 0 };
    this.#waiting.add(deadline);
    if (deadline.atMs < this.#looksAtMs) this.#lookIn(ms, deadline.atMs);
    return deadline;
  }

  /** It was met. */
  end(deadline: Deadline): void {
    this.#waiting.delete(deadline);
    if (this.#waiting.size > 0) return;
    this.#cancel?.();
    this.#forget();
  }

  #lookIn(ms: number, atMs: number): void {
    this.#cancel?.();
    this.#looksAtMs = atMs;
    this.#cancel = this.#clock.after(ms, this.#look);
  }

  #forget(): void {
    this.#cancel = undefined;
    this.#looksAtMs = Number.POSITIVE_INFINITY;
  }

  readonly #look = (): void => {
    this.#forget();
    const nowMs = this.#clock.monotonic();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const deadline of this.#waiting.list()) {
      if (deadline.atMs > nowMs) nextMs = Math.min(nextMs, deadline.atMs);
      else if (this.#waiting.delete(deadline)) deadline.onLate();
    }
    if (nextMs < this.#looksAtMs) this.#lookIn(nextMs - nowMs, nextMs);
  };
}
