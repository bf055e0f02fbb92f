import type { CircuitNames, CircuitState, Clock, GatewayError } from '@sluice/contract';
import { Circuit } from './circuit.js';
import type { Entry } from './circuit.js';
import { LONGEST_REST_MS } from './cooldown.js';
import type { CooldownRules } from './cooldown.js';

/** A refused key is mended by its operator, if at all. */
const REFUSED: CooldownRules = { baseMs: 60_000, longestMs: 300_000, growsWithProbes: true };
/** A limit without a word on for how long. */
const LIMITED: CooldownRules = { baseMs: 5_000, longestMs: LONGEST_REST_MS, growsWithProbes: true };

/** Models can be named by callers, so the number of circuits is bounded. */
const MOST_KEY_CIRCUITS = 10_000;

export interface KeyCircuitsDeps {
  readonly clock: Clock;
  readonly probeTimeoutMs: number;
  readonly onChange: (name: string, state: CircuitState) => void;
}

/** A circuit of a key that was not closed, and how the request came through. */
export interface KeyEntry {
  readonly name: string;
  readonly circuit: Circuit;
  readonly entry: Entry;
  readonly stamp: number;
}

/**
 * The circuits of keys, each made by the first failure of its key and open from it on: what was refused once will be
 * again. A rest is as long as what was failed of calls for, and grows with each probe that fails. As a key is no reason
 * to leave a target out for good, a request that has nobody else to ask is always let through.
 */
export class KeyCircuits {
  readonly #deps: KeyCircuitsDeps;
  readonly #circuits = new Map<string, Circuit>();
  readonly #troubled = new Set<string>();

  constructor(deps: KeyCircuitsDeps) {
    this.#deps = deps;
  }

  /** False nearly always, and then nothing need be looked up. */
  get anyTroubled(): boolean {
    return this.#troubled.size > 0;
  }

  /** The ways through those circuits of a key that are not closed; nothing where one of them lets nobody through. */
  enter(names: CircuitNames, isLast: boolean): readonly KeyEntry[] | undefined {
    const entries: KeyEntry[] = [];
    for (const name of namesOf(names)) {
      const circuit = this.#circuits.get(name);
      const entry = circuit ? circuit.enter(isLast) : 'closed';
      if (circuit && entry && entry !== 'closed') entries.push({ name, circuit, entry, stamp: circuit.stampOf(entry) });
      if (entry) continue;
      this.free(entries);
      return undefined;
    }
    return entries;
  }

  /** Gives back the places of entries that came to nothing. */
  free(entries: readonly KeyEntry[]): void {
    for (const { circuit, entry, stamp } of entries) circuit.leave(entry, stamp, undefined);
  }

  /** Counts a failure against one circuit of a key; `entries` are those that the request came through. */
  fail(name: string, { code }: GatewayError, entries: readonly KeyEntry[]): void {
    const rules = code === 'upstream_rate_limited' ? LIMITED : REFUSED;
    const circuit = this.#circuits.get(name) ?? (this.#hasRoom() ? this.#open(name, rules) : undefined);
    circuit?.rebase(rules);
    // One that the request came through hears of it as of any other verdict.
    circuit?.trip();
    for (const each of entries) each.circuit.leave(each.entry, each.stamp, each.name === name ? 'failed' : undefined);
  }

  retryAfterMs(names: CircuitNames): number {
    if (!this.anyTroubled) return 0;
    return Math.max(...namesOf(names).map((name) => this.#circuits.get(name)?.retryAfterMs(false) ?? 0));
  }

  state(name: string): CircuitState {
    return this.#circuits.get(name)?.state ?? 'closed';
  }

  forceOpen(name: string): void {
    const circuit = this.#circuits.get(name) ?? this.#open(name, REFUSED);
    circuit.forceOpen();
  }

  reset(name: string): void {
    this.#circuits.get(name)?.reset();
  }

  list(): Iterable<[string, Circuit]> {
    return this.#circuits;
  }

  #open(name: string, cooldown: CooldownRules): Circuit {
    const { clock, probeTimeoutMs, onChange } = this.#deps;
    const circuit = new Circuit({
      consecutiveFailures: 1,
      hopelessFailures: Number.POSITIVE_INFINITY,
      cooldown,
      probeTimeoutMs,
      clock,
      onChange: (state) => {
        if (state === 'closed') this.#troubled.delete(name);
        else this.#troubled.add(name);
        onChange(name, state);
      },
    });
    this.#circuits.set(name, circuit);
    return circuit;
  }

  /** Whether one more may be made; those that keep nobody out any more are forgotten for it. */
  #hasRoom(): boolean {
    if (this.#circuits.size < MOST_KEY_CIRCUITS) return true;
    for (const [name, circuit] of this.#circuits) {
      if (circuit.isForced || circuit.state === 'half-open' || circuit.retryAfterMs(false) > 0) continue;
      circuit.reset();
      this.#circuits.delete(name);
    }
    return this.#circuits.size < MOST_KEY_CIRCUITS;
  }
}

/** A request of which no model is seen is one of the key alone. */
function namesOf({ key, keyAtTarget }: CircuitNames): readonly string[] {
  return key === keyAtTarget ? [key] : [key, keyAtTarget];
}
