import type { CircuitState, Clock } from '@sluice/contract';
import { circuitBreaker, CircuitState as PolicyState, ConsecutiveBreaker, handleWhenResult } from 'cockatiel';
import type { CircuitBreakerPolicy } from 'cockatiel';
import { Cooldown, LONGEST_REST_MS } from './cooldown.js';
import type { CooldownRules } from './cooldown.js';

export interface CircuitOptions {
  /** In a row, after which it opens. */
  readonly consecutiveFailures: number;
  /** From so many in a row on, nobody is let through but probes, not even who has nobody else to ask. */
  readonly hopelessFailures: number;
  readonly cooldown: CooldownRules;
  readonly probeTimeoutMs: number;
  readonly clock: Clock;
  readonly onChange: (state: CircuitState) => void;
}

export type Verdict = 'succeeded' | 'failed';

/**
 * How somebody came through: as everybody does through a closed circuit, as the one that finds out how the target
 * fares, or, through an open one, for want of any other choice.
 */
export type Entry = 'closed' | 'probe' | 'in-spite';

const STATES: Readonly<Record<PolicyState, CircuitState>> = {
  [PolicyState.Closed]: 'closed',
  [PolicyState.Open]: 'open',
  [PolicyState.HalfOpen]: 'half-open',
  [PolicyState.Isolated]: 'open',
};

/**
 * The circuit of one target or key: cockatiel's policy holds the state and the rule that trips it; time and the half-open
 * place are held here, because cockatiel makes callers wait for the probe and measures the rest on the wall clock.
 *
 * A closed circuit runs nothing per request: `enter` reads the state, and cockatiel hears of verdicts only. A half-open
 * period is one call of cockatiel's, held open until there is a verdict, however many probes that takes.
 */
export class Circuit {
  #policy: CircuitBreakerPolicy;
  readonly #failures: ConsecutiveBreaker;
  readonly #cooldown: Cooldown;
  readonly #options: CircuitOptions;
  /** Grows with each change of state. A verdict on an earlier period says nothing about this one. */
  #period = 0;
  /** The period in which it opened, whatever has become of it since. */
  #openedIn = 0;
  #decide: ((verdict: Verdict) => void) | undefined;
  /** The number of the last probe, and whether it still has the place. */
  #probe = 0;
  #isProbed = false;
  #probeEndsAtMs = 0;
  /** Set while an operator holds the circuit open. */
  #hold: { dispose(): void } | undefined;
  /** The state that was last told. */
  #told: CircuitState = 'closed';

  constructor(options: CircuitOptions) {
    this.#options = options;
    this.#cooldown = new Cooldown(options.cooldown);
    this.#failures = new ConsecutiveBreaker(options.consecutiveFailures);
    this.#policy = this.#createPolicy();
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

  /** Milliseconds until a probe may go, for whoever has another choice or, with `isLast`, has none. */
  retryAfterMs(isLast: boolean): number {
    if (this.isForced) return LONGEST_REST_MS;
    return this.state === 'open' ? this.#cooldown.leftMs(this.#options.clock.monotonic(), isLast) : 0;
  }

  /** How the caller may come through, or nothing. `isLast`: it has nobody else to ask. */
  enter(isLast: boolean): Entry | undefined {
    if (this.state === 'closed') return 'closed';
    if (this.isForced) return undefined;
    const nowMs = this.#options.clock.monotonic();
    if (this.state === 'open' && this.#cooldown.leftMs(nowMs, isLast) <= 0) this.#beginHalfOpen();
    if (this.state === 'half-open' && !(this.#isProbed && nowMs < this.#probeEndsAtMs)) {
      this.#probe += 1;
      this.#isProbed = true;
      this.#probeEndsAtMs = nowMs + this.#options.probeTimeoutMs;
      return 'probe';
    }
    return isLast && this.#failures.state < this.#options.hopelessFailures ? 'in-spite' : undefined;
  }

  /** What {@link leave} must be told of an entry, which is to be read as soon as one has entered. */
  stampOf(entry: Entry): number {
    return entry === 'probe' ? this.#probe : this.#period;
  }

  /**
   * The stream of a probe has begun, which is its verdict. What it is told apart by from now on, when its end is told as that of
   * who came through a closed circuit.
   */
  begin(stamp: number): number {
    const isHeard = stamp === this.#probe && this.#isProbed;
    this.leave('probe', stamp, 'succeeded');
    // cockatiel closes it a moment later, which begins the next period.
    return isHeard ? this.#period + 1 : this.#period;
  }

  /** Once for each entry. Without a verdict, a probe frees the place for the next one. */
  leave(entry: Entry, stamp: number, verdict: Verdict | undefined): void {
    const { state } = this;
    if (entry === 'closed' && stamp === this.#period && state === 'closed') this.#settleClosed(verdict);
    else if (entry === 'probe' && stamp === this.#probe && this.#isProbed) this.#settleProbe(verdict);
    else if (entry === 'in-spite' && stamp >= this.#openedIn && state !== 'closed') this.#settleInSpite(verdict);
  }

  /** Opens a closed circuit, whatever its rule says, and before the next caller comes. */
  trip(): void {
    if (this.state !== 'closed') return;
    // cockatiel opens one on request only where it begins so.
    this.#policy = this.#createPolicy({
      ownState: { value: PolicyState.Open, openedAt: 0, attemptNo: 1 },
      breakerState: this.#failures.state + 1,
    });
    this.#changed(PolicyState.Open);
  }

  /** Rests by other rules from its next failure on. */
  rebase(rules: CooldownRules): void {
    this.#cooldown.rebase(rules);
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
    this.#cooldown.forgive();
  }

  #settleClosed(verdict: Verdict | undefined): void {
    // Nearly every request ends here: a success with no failure before it changes nothing.
    if (verdict === undefined || (verdict === 'succeeded' && this.#failures.state === 0)) return;
    void this.#policy.execute(() => verdict);
  }

  #settleProbe(verdict: Verdict | undefined): void {
    if (verdict === undefined) this.#isProbed = false;
    else this.#decide?.(verdict);
  }

  #settleInSpite(verdict: Verdict | undefined): void {
    if (verdict === undefined || this.isForced) return;
    if (verdict === 'failed') {
      this.#failures.state += 1;
      return;
    }
    if (this.state === 'open') this.#beginHalfOpen();
    // It is taken back out of need, not at the end of its rest: if it fails again, it has not flapped.
    this.#isProbed = false;
    this.#cooldown.forgive();
    this.#decide?.(verdict);
  }

  #createPolicy(initialState?: object): CircuitBreakerPolicy {
    const policy = circuitBreaker(
      handleWhenResult((verdict) => verdict === 'failed'),
      {
        breaker: this.#failures,
        // Its own rest is over before it begins, even when the wall clock steps back: `#cooldown` is the real one.
        halfOpenAfter: Number.NEGATIVE_INFINITY,
        ...(initialState ? { initialState } : {}),
      },
    );
    policy.onStateChange((state) => {
      if (policy === this.#policy) this.#changed(state);
    });
    return policy;
  }

  #beginHalfOpen(): void {
    const { promise, resolve } = Promise.withResolvers<Verdict>();
    void this.#policy.execute(() => promise);
    // After the call: entering the period clears what the one before it left.
    this.#decide = resolve;
  }

  #changed(policyState: PolicyState): void {
    this.#period += 1;
    const wasProbed = this.#isProbed;
    this.#isProbed = false;
    this.#decide = undefined;
    // An operator's hold has no rest, and is told by who asked for it.
    if (policyState === PolicyState.Isolated) return;
    const state = STATES[policyState];
    if (state !== 'half-open') this.#rest(state, wasProbed);
    this.#tell(state);
  }

  #rest(state: CircuitState, wasProbed: boolean): void {
    const nowMs = this.#options.clock.monotonic();
    if (state === 'closed' && wasProbed) this.#cooldown.returned(nowMs);
    else if (state === 'open' && wasProbed) this.#cooldown.probeFailed(nowMs);
    else if (state === 'open') {
      this.#openedIn = this.#period;
      this.#cooldown.tripped(nowMs);
    }
  }

  #tell(state: CircuitState): void {
    if (state === this.#told) return;
    this.#told = state;
    this.#options.onChange(state);
  }
}
