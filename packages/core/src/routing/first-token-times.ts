import { weightAfter } from './weight-after.js';

/**
 * How long calls of one kind wait at one target: a moving average, and beside it how long nothing has come for those who
 * wait at the moment. A target that hangs thus shows before its first late answer does.
 */
export class FirstTokenTimes {
  #meanMs: number | undefined;
  #measuredAtMs = Number.NEGATIVE_INFINITY;
  #triedAtMs: number | undefined;
  #waiting = 0;
  #quietSinceMs = 0;

  begin(nowMs: number): void {
    if (this.#waiting === 0) this.#quietSinceMs = nowMs;
    this.#waiting += 1;
    this.#triedAtMs = nowMs;
  }

  answered(waitedMs: number, nowMs: number): void {
    this.#waiting -= 1;
    this.#quietSinceMs = nowMs;
    this.#measure(waitedMs, nowMs);
  }

  /** A wait that ended without an answer is a lower bound: it can show that the mean is too low, never that it is too high. */
  gaveUp(waitedMs: number, nowMs: number): void {
    this.#waiting -= 1;
    if (this.#meanMs !== undefined && waitedMs > this.#meanMs) this.#measure(waitedMs, nowMs);
  }

  expectedMs(nowMs: number): number | undefined {
    if (this.#meanMs === undefined || this.#waiting === 0) return this.#meanMs;
    return Math.max(this.#meanMs, nowMs - this.#quietSinceMs);
  }

  sinceTriedMs(nowMs: number): number | undefined {
    return this.#triedAtMs === undefined ? undefined : nowMs - this.#triedAtMs;
  }

  #measure(waitedMs: number, nowMs: number): void {
    const weight = weightAfter(nowMs - this.#measuredAtMs);
    this.#meanMs = this.#meanMs === undefined ? waitedMs : this.#meanMs + weight * (waitedMs - this.#meanMs);
    this.#measuredAtMs = nowMs;
  }
}
