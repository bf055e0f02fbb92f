import type { CircuitState, Clock, GatewayError, Permit } from '@sluice/contract';
import { circuitBreaker, CircuitState as PolicyState, ConsecutiveBreaker, handleWhenResult } from 'cockatiel';
import type { CircuitBreakerPolicy } from 'cockatiel';
import { Cooldown, LONGEST_REST_MS } from './cooldown.js';
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
  #cooldown: Cooldown;
  readonly #options: CircuitOptions;
  /** Grows with each change of state. A verdict on an earlier period says nothing about this one. */
  #period = 0;
  #decide: ((verdict: Verdict) => void) | undefined;
  #probe: CircuitPermit | undefined;
  #probeEndsAtMs = 0;
  /** Set while an operator holds the circuit open. */
  #hold: { dispose(): void } | undefined;
  /** The state that was last told. */
  #told: CircuitState = 'closed';

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

  /** Failures in a row, those of probes among them. */
  get failures(): number {
    return this.#failures.state;
  }

  get isForced(): boolean {
    return this.#hold !== undefined;
  }

  get retryAfterMs(): number {
    if (this.isForced) return LONGEST_REST_MS;
    return this.state === 'open' ? this.#cooldown.leftMs(this.#options.clock.monotonic()) : 0;
  }

  admit(): Permit | undefined {
    if (this.state === 'closed') return new CircuitPermit(this, this.#period);
    const nowMs = this.#options.clock.monotonic();
    if (this.state === 'open') {
      if (this.isForced || this.#cooldown.leftMs(nowMs) > 0) return undefined;
      this.#beginHalfOpen();
    }
    return this.#admitProbe(nowMs);
  }

  /** Leaves the target out, without probes, until {@link reset}. */
  forceOpen(): void {
    this.#hold ??= this.#policy.isolate();
    this.#tell('open');
  }

  /** Closes the circuit at once, whoever opened it, and forgets every failure. */
  reset(): void {
    if (this.#policy.state === PolicyState.Closed) {
      // Requests under way belong to what is forgotten.
      this.#period += 1;
    } else {
      // cockatiel closes a circuit on request only where it was held open.
      const hold = this.#hold ?? this.#policy.isolate();
      this.#hold = undefined;
      hold.dispose();
    }
    this.#failures.state = 0;
    this.#cooldown = new Cooldown(this.#options.halfOpenAfterMs);
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
    this.#period += 1;
    const wasProbed = this.#probe !== undefined;
    this.#probe = undefined;
    this.#decide = undefined;
    // An operator's hold has no rest, and is told by who asked for it.
    if (policyState === PolicyState.Isolated) return;
    const nowMs = this.#options.clock.monotonic();
    const state = STATES[policyState];
    if (state === 'closed') this.#cooldown.returned(nowMs);
    else if (state === 'open' && wasProbed) this.#cooldown.probeFailed(nowMs);
    else if (state === 'open') this.#cooldown.tripped(nowMs);
    this.#tell(state);
  }

  #tell(state: CircuitState): void {
    if (state === this.#told) return;
    this.#told = state;
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
