/** However often a target flaps. */
export const LONGEST_REST_MS = 30_000;

export interface CooldownRules {
  readonly baseMs: number;
  readonly longestMs: number;
  /** Whether each failed probe makes the next rest longer; otherwise only a failure soon after a return does. */
  readonly growsWithProbes: boolean;
}

/**
 * How long an open circuit rests, on a clock that never steps back.
 *
 * A target that is simply down is tried again every `baseMs`, however long it stays down, so that its return is seen
 * at once. One that flaps (fails again within `baseMs` of its return) rests twice as long each time. Nobody who has
 * another choice is kept waiting by it; for those who have none, no rest is longer than `baseMs`.
 */
export class Cooldown {
  #rules: CooldownRules;
  #lengthMs: number;
  #beganAtMs = Number.NEGATIVE_INFINITY;
  #returnedAtMs = Number.NEGATIVE_INFINITY;

  constructor(rules: CooldownRules) {
    this.#rules = rules;
    this.#lengthMs = rules.baseMs;
  }

  /** Measures from now on with another base. */
  rebase(rules: CooldownRules): void {
    this.#rules = rules;
  }

  /** A closed circuit tripped. */
  tripped(nowMs: number): void {
    const flaps = nowMs - this.#returnedAtMs < this.#rules.baseMs;
    this.#rest(nowMs, flaps);
  }

  /** The probe of an open circuit failed. */
  probeFailed(nowMs: number): void {
    const { growsWithProbes, baseMs } = this.#rules;
    this.#rest(nowMs, growsWithProbes || this.#lengthMs > baseMs);
  }

  /** The circuit closed again, by the probe after its rest. */
  returned(nowMs: number): void {
    this.#returnedAtMs = nowMs;
  }

  /** Forgets that it ever flapped. */
  forgive(): void {
    this.#lengthMs = this.#rules.baseMs;
    this.#returnedAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Milliseconds left; 0 once it is over. `isLast`: for a request that has nobody else to ask. */
  leftMs(nowMs: number, isLast: boolean): number {
    const lengthMs = isLast ? Math.min(this.#lengthMs, this.#rules.baseMs) : this.#lengthMs;
    return Math.max(0, this.#beganAtMs + lengthMs - nowMs);
  }

  #rest(nowMs: number, isLonger: boolean): void {
    const { baseMs, longestMs } = this.#rules;
    const lengthMs = isLonger ? this.#lengthMs * 2 : baseMs;
    this.#lengthMs = Math.max(baseMs, Math.min(lengthMs, longestMs));
    this.#beganAtMs = nowMs;
  }
}
