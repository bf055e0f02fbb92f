/** However often a target flaps. */
export const LONGEST_REST_MS = 30_000;

/**
 * How long an open circuit rests, on a clock that never steps back.
 *
 * A target that is simply down is tried again every `baseMs`, however long it stays down, so that its return is seen
 * at once. One that flaps (fails again within `baseMs` of its return) rests twice as long each time, up to 30 s.
 */
export class Cooldown {
  readonly #baseMs: number;
  #lengthMs: number;
  #endsAtMs = 0;
  #returnedAtMs = Number.NEGATIVE_INFINITY;

  constructor(baseMs: number) {
    this.#baseMs = baseMs;
    this.#lengthMs = baseMs;
  }

  /** A closed circuit tripped. */
  tripped(nowMs: number): void {
    const flaps = nowMs - this.#returnedAtMs < this.#baseMs;
    this.#rest(nowMs, flaps ? this.#lengthMs * 2 : this.#baseMs);
  }

  /** The probe of an open circuit failed. */
  probeFailed(nowMs: number): void {
    const flaps = this.#lengthMs > this.#baseMs;
    this.#rest(nowMs, flaps ? this.#lengthMs * 2 : this.#baseMs);
  }

  /** The circuit closed again. */
  returned(nowMs: number): void {
    this.#returnedAtMs = nowMs;
  }

  /** Milliseconds left; 0 once it is over. */
  leftMs(nowMs: number): number {
    return Math.max(0, this.#endsAtMs - nowMs);
  }

  #rest(nowMs: number, lengthMs: number): void {
    this.#lengthMs = Math.max(this.#baseMs, Math.min(lengthMs, LONGEST_REST_MS));
    this.#endsAtMs = nowMs + this.#lengthMs;
  }
}
