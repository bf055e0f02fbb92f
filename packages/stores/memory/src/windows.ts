/** A count that starts with its first use and ends `windowMs` later. */
interface Window {
  used: number;
  readonly endsAtMs: number;
}

const SMALLEST_SWEEP = 1_024;

/** Counts in fixed windows, by key. What has ended is dropped whenever the table has doubled since the last sweep. */
export class WindowTable {
  readonly #windows = new Map<string, Window>();
  #sweepAtSize = SMALLEST_SWEEP;

  /** Windows in memory, live or not yet swept. */
  get size(): number {
    return this.#windows.size;
  }

  /** What was taken in the window that is running, 0 when none is. */
  used(key: string, nowMs: number): number {
    return this.#live(key, nowMs)?.used ?? 0;
  }

  /** Until the running window ends; `windowMs` when the next use would start one. */
  resetMs(key: string, windowMs: number, nowMs: number): number {
    const window = this.#live(key, nowMs);
    return window === undefined ? windowMs : window.endsAtMs - nowMs;
  }

  take(key: string, { amount, windowMs }: { readonly amount: number; readonly windowMs: number }, nowMs: number): void {
    const window = this.#live(key, nowMs);
    if (window !== undefined) {
      window.used += amount;
      return;
    }
    this.#windows.set(key, { used: amount, endsAtMs: nowMs + windowMs });
    if (this.#windows.size >= this.#sweepAtSize) this.#sweep(nowMs);
  }

  #live(key: string, nowMs: number): Window | undefined {
    const window = this.#windows.get(key);
    return window !== undefined && nowMs < window.endsAtMs ? window : undefined;
  }

  #sweep(nowMs: number): void {
    for (const [key, { endsAtMs }] of this.#windows) {
      if (endsAtMs <= nowMs) this.#windows.delete(key);
    }
    this.#sweepAtSize = Math.max(SMALLEST_SWEEP, this.#windows.size * 2);
  }
}
