import type { Clock } from '@sluice/contract';

/** Callers can name models of their own, so the number of rests is bounded. */
const MOST_RESTS = 10_000;

export interface Rest {
  readonly ms: number;
  /** The provider itself named the time. One that the gateway guessed is not kept when nothing else is left to ask. */
  readonly firm: boolean;
}

interface Resting {
  readonly untilMs: number;
  readonly firm: boolean;
}

/**
 * What is left alone for a while: a target after a 429, a key after a refusal. Nothing of it counts as a failure of the
 * target. Names are those of circuits (`provider/model`), with `#` and a number where a provider has several keys, and
 * `provider#0` for a key at every model. Monotonic time.
 */
export class Rests {
  readonly #clock: Clock;
  readonly #resting = new Map<string, Resting>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** False nearly always, and then nothing need be looked up. */
  get any(): boolean {
    return this.#resting.size > 0;
  }

  /** Leaves `name` alone. A rest that is under way and lasts longer stays as it is. */
  begin(name: string, { ms, firm }: Rest): void {
    const untilMs = this.#clock.monotonic() + ms;
    if (this.leftMs(name) >= ms) return;
    if (this.#resting.size >= MOST_RESTS) this.#dropEnded();
    if (this.#resting.size < MOST_RESTS) this.#resting.set(name, { untilMs, firm });
  }

  /** Ends a rest that the gateway guessed: what was refused has worked again. */
  endGuessed(name: string): void {
    if (this.#resting.get(name)?.firm === false) this.#resting.delete(name);
  }

  /** Milliseconds left; 0 where there is no rest. With `firmOnly`, guessed ones count as none. */
  leftMs(name: string, firmOnly = false): number {
    const found = this.#resting.get(name);
    if (!found || (firmOnly && !found.firm)) return 0;
    const leftMs = found.untilMs - this.#clock.monotonic();
    if (leftMs > 0) return leftMs;
    this.#resting.delete(name);
    return 0;
  }

  /** All that rests, with the milliseconds left. */
  list(): readonly (readonly [name: string, leftMs: number])[] {
    this.#dropEnded();
    const nowMs = this.#clock.monotonic();
    return [...this.#resting].map(([name, { untilMs }]) => [name, untilMs - nowMs] as const);
  }

  #dropEnded(): void {
    const nowMs = this.#clock.monotonic();
    for (const [name, { untilMs }] of this.#resting) if (untilMs <= nowMs) this.#resting.delete(name);
  }
}
