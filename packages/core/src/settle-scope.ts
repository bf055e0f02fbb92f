import type { Outcome, Settler } from '@sluice/contract';

/**
 * Everything that one request holds. `settle` gives it back, last taken first, exactly once, whatever the end was; a
 * settler that throws does not keep the others from running.
 */
export class SettleScope {
  readonly #onSettlerError: (cause: unknown) => void;
  #settlers: Settler[] | undefined = [];
  #outcome: Outcome | undefined;

  constructor(onSettlerError: (cause: unknown) => void) {
    this.#onSettlerError = onSettlerError;
  }

  /** How the request ended, once it has. */
  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  /** Registers a settler on the line after the thing was taken. In a scope that has settled, it runs at once. */
  add(settler: Settler): void {
    if (this.#settlers) this.#settlers.push(settler);
    else if (this.#outcome) this.#run(settler, this.#outcome);
  }

  /** True for the call that settled, false for every later one. */
  settle(outcome: Outcome): boolean {
    const settlers = this.#settlers;
    if (!settlers) return false;
    this.#settlers = undefined;
    this.#outcome = outcome;
    for (let i = settlers.length - 1; i >= 0; i -= 1) this.#run(settlers[i] as Settler, outcome);
    return true;
  }

  #run(settler: Settler, outcome: Outcome): void {
    try {
      settler(outcome);
    } catch (cause) {
      this.#onSettlerError(cause);
    }
  }
}
