/** How much one check may do. */
export interface Budget {
  /** Throws where that was more than is left. */
  take(steps: number): void;
}

/** Native code reads so many characters of a text in the time of one step. */
const CHARS_PER_STEP = 16;

/** A text that is only measured or compared. */
export function stepsOf(text: string): number {
  return 1 + Math.floor(text.length / CHARS_PER_STEP);
}

/** Steps that are counted over everything that one check does, and from the beginning for the next. */
export class StepBudget implements Budget {
  readonly #limit: number;
  #left: number;

  constructor(limit: number) {
    this.#limit = limit;
    this.#left = limit;
  }

  refill(): void {
    this.#left = this.#limit;
  }

  take(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new RangeError(`The schema takes more than ${this.#limit} steps.`);
  }
}
