const QUANTILE = 0.95;
/** Before so many answers nothing is said. */
const LEAST_SAMPLES = 20;
/** How far one answer moves the estimate: up by about a fifth, down by a hundredth. */
const GAIN = 0.2;
const LEAST_MS = 1;

/**
 * The time that 95 of 100 recent answers stay below, learned in constant time and space: each answer above the estimate
 * moves it up by nineteen times of what each below moves it down, so that it stands still where one of twenty is above.
 * It starts from the longest of the first answers, and follows a target that grows slower or faster.
 */
export class TailTime {
  #estimateMs = LEAST_MS;
  #samples = 0;

  /** An answer took so long; a wait that was given up is one as soon as it is beyond the estimate. */
  observe(ms: number): void {
    this.#samples += 1;
    if (this.#samples <= LEAST_SAMPLES) this.#estimateMs = Math.max(this.#estimateMs, ms);
    else this.#move(ms > this.#estimateMs ? GAIN * QUANTILE : -GAIN * (1 - QUANTILE));
  }

  /** A wait that ended without an answer: a lower bound. */
  observeAtLeast(ms: number): void {
    if (ms > this.#estimateMs) this.observe(ms);
  }

  /** Nothing until enough answers were seen. */
  get ms(): number | undefined {
    return this.#samples < LEAST_SAMPLES ? undefined : this.#estimateMs;
  }

  #move(by: number): void {
    this.#estimateMs = Math.max(LEAST_MS, this.#estimateMs * Math.exp(by));
  }
}
