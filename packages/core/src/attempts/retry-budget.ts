import type { Clock } from '@sluice/contract';

const SLICE_MS = 1_000;
const SLICES = 10;
/** In fifths of a try, so that sums are exact: what a request brings in, and what a further try costs. */
const BROUGHT = 1;
const COST = 5;
/** Ten tries a second over the ten seconds that credit lives. */
const RESERVE = 10 * SLICES * COST;

/**
 * How many further tries the gateway may make, all requests together: one for every five requests of the last ten
 * seconds, and ten a second besides. While everything is down, tries then stay a fraction of the load instead of
 * multiplying it. The algorithm is Finagle's: credit and spending are both forgotten after ten seconds, on a clock that
 * never steps back. https://finagle.github.io/blog/2016/02/08/retry-budgets/
 */
export class RetryBudget {
  readonly #clock: Clock;
  readonly #slices = new Int32Array(SLICES);
  #sum = 0;
  #at = 0;
  #refused = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Further tries that were called for and not made. */
  get refused(): number {
    return this.#refused;
  }

  /** A request begins. */
  deposit(): void {
    this.#add(BROUGHT);
  }

  /** Pays for one further try, or refuses it. */
  take(): boolean {
    this.#turn();
    if (this.#sum + RESERVE < COST) {
      this.#refused += 1;
      return false;
    }
    this.#add(-COST);
    return true;
  }

  #add(amount: number): void {
    this.#turn();
    const index = this.#at % SLICES;
    this.#slices[index] = (this.#slices[index] as number) + amount;
    this.#sum += amount;
  }

  /** Forgets the slices that have grown too old. */
  #turn(): void {
    const at = Math.floor(this.#clock.monotonic() / SLICE_MS);
    if (at === this.#at) return;
    const passed = Math.min(at - this.#at, SLICES);
    for (let i = 1; i <= passed; i += 1) {
      const index = (this.#at + i) % SLICES;
      this.#sum -= this.#slices[index] as number;
      this.#slices[index] = 0;
    }
    this.#at = at;
  }
}
