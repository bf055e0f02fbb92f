import type { CircuitNames, Clock, GatewayError } from '@sluice/contract';

const REFUSED_MS = 60_000;
const LIMITED_MS = 5_000;

/** What the circuits of keys are for the attempts: a key that was refused, or limited without a time, is left out. */
export class RefusedKeys {
  readonly #clock: Clock;
  readonly #untilMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The circuits that are open. */
  get names(): readonly string[] {
    return [...this.#untilMs.keys()];
  }

  leftMs({ key, keyAtTarget }: CircuitNames): number {
    const lefts = [key, keyAtTarget].map((name) => (this.#untilMs.get(name) ?? 0) - this.#clock.monotonic());
    return Math.max(0, ...lefts);
  }

  fail({ key, keyAtTarget }: CircuitNames, { code, details }: GatewayError): void {
    const nowMs = this.#clock.monotonic();
    if (code === 'upstream_auth_error')
      this.#untilMs.set(details.upstreamStatus === 403 ? keyAtTarget : key, nowMs + REFUSED_MS);
    if (code === 'upstream_rate_limited' && details.retryAfterMs === undefined)
      this.#untilMs.set(keyAtTarget, nowMs + LIMITED_MS);
  }

  succeed({ key, keyAtTarget }: CircuitNames): void {
    this.#untilMs.delete(key);
    this.#untilMs.delete(keyAtTarget);
  }
}
