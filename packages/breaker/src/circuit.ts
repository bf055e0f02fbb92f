import type { CircuitState, Clock, GatewayError, Permit } from '@sluice/contract';
import { circuitBreaker, CircuitState as PolicyState, ConsecutiveBreaker, handleWhenResult } from 'cockatiel';
import type { CircuitBreakerPolicy } from 'cockatiel';
import { Cooldown } from './cooldown.js';
import { countsAsFailure } from './counts-as-failure.js';
import type { BreakerSettings } from './settings.js';

export interface CircuitOptions extends BreakerSettings {
  readonly probeTimeoutMs: number;
  readonly clock: Clock;
  readonly onChange: (state: CircuitState) => void;
}

type Verdict = 'succeeded' | 'failed';

const STATES: Readonly<Record<PolicyState, CircuitState>> = {
  [PolicyState.Closed]: 'closed',
  [PolicyState.Open]: 'open',
  [PolicyState.HalfOpen]: 'half-open',
  [PolicyState.Isolated]: 'open',
};

/**
 * The circuit of one target: cockatiel's policy holds the state and the rule that trips it; time and the half-open
 * place are held here, because cockatiel makes callers wait for the probe and measures the rest on the wall clock.
 *
 * A closed circuit runs nothing per request: `admit` reads the state, and cockatiel hears of verdicts only. A half-open
 * period is one call of cockatiel's, held open until a probe has a verdict, however many probes that takes.
 */
export class Circuit {
  readonly #policy: CircuitBreakerPolicy;
  readonly #failures: ConsecutiveBreaker;
  readonly #cooldown: Cooldown;
  readonly #options: CircuitOptions;
  /** Grows with each change of state. A verdict on an earlier period says nothing about this one. */
  #period = 0;
  #decide: ((verdict: Verdict) => void) | undefined;
  #probe: CircuitPermit | undefined;
  #probeEndsAtMs = 0;

  constructor(options: CircuitOptions) {
    this.#options = options;
    this.#cooldown = new Cooldown(options.halfOpenAfterMs);
    this.#failures = new ConsecutiveBreaker(options.consecutiveFailures);
    this.#policy = circuitBreaker(
      handleWhenResult((verdict) => verdict === 'failed'),
      // Its own rest is over before it begins, even when the wall clock steps back: `#cooldown` is the real one.
      { breaker: this.#failures, halfOpenAfter: Number.NEGATIVE_INFINITY },
    );
    this.#policy.onStateChange((state) => this.#changed(state));
  }

  get state(): CircuitState {
    return STATES[this.#policy.state];
  }

  /** True when dropping the circuit would lose nothing. */
  get idle(): boolean {
    return this.#policy.state === PolicyState.Closed && this.#failures.state === 0;
  }

  get retryAfterMs(): number {
    return this.state === 'open' ? this.#cooldown.leftMs(this.#options.clock.monotonic()) : 0;
  }

  admit(): Permit | undefined {
    if (this.state === 'closed') return new CircuitPermit(this, this.#period);
    const nowMs = this.#options.clock.monotonic();
    if (this.state === 'open') {
      if (this.#cooldown.leftMs(nowMs) > 0) return undefined;
      this.#beginHalfOpen();
    }
    return this.#admitProbe(nowMs);
  }

  /** For permits only, once each. Without a verdict, a probe frees the place for the next one. */
  settle(permit: CircuitPermit, verdict: Verdict | undefined): void {
    if (permit.period !== this.#period) return;
    if (this.state === 'closed') this.#settleClosed(verdict);
    else if (permit === this.#probe) this.#settleProbe(verdict);
  }

  #settleClosed(verdict: Verdict | undefined): void {
    // Nearly every request ends here: a success with no failure before it changes nothing.
    if (verdict === undefined || (verdict === 'succeeded' && this.#failures.state === 0)) return;
    void this.#policy.execute(() => verdict);
  }

  #settleProbe(verdict: Verdict | undefined): void {
    if (verdict === undefined) this.#probe = undefined;
    else this.#decide?.(verdict);
  }

  #beginHalfOpen(): void {
    const { promise, resolve } = Promise.withResolvers<Verdict>();
    void this.#policy.execute(() => promise);
    // After the call: entering the period clears what the one before it left.
    this.#decide = resolve;
  }

  #admitProbe(nowMs: number): Permit | undefined {
    if (this.#probe !== undefined && nowMs < this.#probeEndsAtMs) return undefined;
    this.#probe = new CircuitPermit(this, this.#period);
    this.#probeEndsAtMs = nowMs + this.#options.probeTimeoutMs;
    return this.#probe;
  }

  #changed(policyState: PolicyState): void {
    const nowMs = this.#options.clock.monotonic();
    const state = STATES[policyState];
    if (state === 'closed') this.#cooldown.returned(nowMs);
    else if (state === 'open' && this.#probe !== undefined) this.#cooldown.probeFailed(nowMs);
    else if (state === 'open') this.#cooldown.tripped(nowMs);
    this.#period += 1;
    this.#probe = undefined;
    this.#decide = undefined;
    this.#options.onChange(state);
  }
}

class CircuitPermit implements Permit {
  readonly period: number;
  #circuit: Circuit | undefined;

  constructor(circuit: Circuit, period: number) {
    this.#circuit = circuit;
    this.period = period;
  }

  succeed(): void {
    this.#settle('succeeded');
  }

  fail(error: GatewayError): void {
    this.#settle(countsAsFailure(error) ? 'failed' : undefined);
  }

  forget(): void {
    this.#settle(undefined);
  }

  #settle(verdict: Verdict | undefined): void {
    const circuit = this.#circuit;
    this.#circuit = undefined;
    circuit?.settle(this, verdict);
  }
}
