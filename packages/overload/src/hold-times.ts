const LEAST_WEIGHT = 0.05;

/** How long calls hold their places: a mean of all at first, then of about the last twenty. */
export class HoldTimes {
  #count = 0;
  #meanMs = 0;

  /** 0 before the first has ended. */
  get typicalMs(): number {
    return this.#meanMs;
  }

  observe(heldMs: number): void {
    this.#count += 1;
    this.#meanMs += Math.max(LEAST_WEIGHT, 1 / this.#count) * (heldMs - this.#meanMs);
  }
}
