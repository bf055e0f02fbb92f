import type { HedgePolicy } from '../snapshot.js';
import { TailTime } from './tail-time.js';

/** Callers can name models of their own. */
const MOST_TARGETS = 2_000;
/** Second requests that a quiet time can save up. */
const MOST_SAVED = 10;

/** How long targets take, and what second requests may still be made, for aliases that want them. */
export class Hedges {
  readonly #times = new Map<string, TailTime>();
  readonly #purses = new WeakMap<HedgePolicy, { saved: number }>();

  /** How long a target takes to its first token, or to a whole plain answer. */
  timeOf(circuit: string, stream: boolean): TailTime {
    const name = stream ? circuit : `${circuit} plain`;
    let time = this.#times.get(name);
    if (!time) {
      if (this.#times.size >= MOST_TARGETS) this.#forgetFirst();
      this.#times.set(name, (time = new TailTime()));
    }
    return time;
  }

  /** A request begins, and brings in its share. */
  deposit(policy: HedgePolicy): void {
    const purse = this.#purseOf(policy);
    purse.saved = Math.min(MOST_SAVED, purse.saved + policy.maxExtraSpend);
  }

  /** Whether there is enough for one more. */
  canSpend(policy: HedgePolicy): boolean {
    // A share such as 0.05 has no exact double: twenty of them may be a little less than one.
    return this.#purseOf(policy).saved > 1 - 1e-9;
  }

  spend(policy: HedgePolicy): void {
    this.#purseOf(policy).saved -= 1;
  }

  #purseOf(policy: HedgePolicy): { saved: number } {
    let purse = this.#purses.get(policy);
    if (!purse) this.#purses.set(policy, (purse = { saved: 0 }));
    return purse;
  }

  #forgetFirst(): void {
    for (const name of this.#times.keys()) {
      this.#times.delete(name);
      return;
    }
  }
}
