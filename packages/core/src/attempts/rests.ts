import type { Clock } from '@sluice/contract';

/** Callers can name models of their own, so the number of rests is bounded. */
const MOST_RESTS = 10_000;

/**
 * Targets that asked to be left alone for a time of which they told. Nothing of it counts as a failure of the target.
 * Names are those of circuits (`provider/model`), with `#` and a number where a provider has several keys. Monotonic
 * time.
 */
export class Rests {
  readonly #clock: Clock;
  /** When each ends. */
  readonly #resting = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** False nearly always, and then nothing need be looked up. */
  get any(): boolean {
    return this.#resting.size > 0;
  }

  /** Leaves `name` alone. A rest that is under way and lasts longer stays as it is. */
  begin(name: string, ms: number): void {
    if (this.leftMs(name) >= ms) return;
    if (this.#resting.size >= MOST_RESTS) this.#dropEnded();
    if (this.#resting.size < MOST_RESTS) this.#resting.set(name, this.#clock.monotonic() + ms);
  }

  /** Milliseconds left; 0 where there is no rest. */
  leftMs(name: string): number {
    const untilMs = this.#resting.get(name);
    if (untilMs === undefined) return 0;
    const leftMs = untilMs - this.#clock.monotonic();
    if (leftMs > 0) return leftMs;
    this.#resting.delete(name);
    return 0;
  }

  /** All that rests, with the milliseconds left. */
  list(): readonly (readonly [name: string, leftMs: number])[] {
    this.#dropEnded();
    const nowMs = this.#clock.monotonic();
    return [...this.#resting].map(([name, untilMs]) => [name, untilMs - nowMs] as const);
  }

  #dropEnded(): void {
    const nowMs = this.#clock.monotonic();
    for (const [name, untilMs] of this.#resting) if (untilMs <= nowMs) this.#resting.delete(name);
  }
}
