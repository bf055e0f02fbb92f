import type { Circuits, CircuitState, Clock } from '@sluice/contract';
import { Circuit } from './circuit.js';
import { LONGEST_REST_MS } from './cooldown.js';
import { KeyCircuits } from './key-circuits.js';
import { CircuitPermit } from './permit.js';
import type { KeyEntry } from './key-circuits.js';
import type { BreakerSettings } from './settings.js';

export interface CircuitsDeps {
  readonly clock: Clock;
  /** Hears of every change of state, with the name of the circuit. Must not throw. */
  readonly onChange?: (name: string, state: CircuitState) => void;
  /** A probe that has no verdict after this time gives its place to the next one. Default 60 s. */
  readonly probeTimeoutMs?: number;
}

/** What is known of one circuit. */
export interface CircuitView {
  /** Its name: that of a target, or that of a key, at every model or at one. */
  readonly target: string;
  readonly of: 'target' | 'key';
  readonly state: CircuitState;
  /** In a row. */
  readonly failures: number;
  /** Milliseconds until a probe may go; 0 when one may now. Of a forced circuit a guess: the longest rest. */
  readonly retryAfterMs: number;
  /** Held open by an operator. */
  readonly forced: boolean;
}

/** Circuits with what operators can do to them. A name that ends in `#` and a number is that of a key. */
export interface ControlledCircuits extends Circuits {
  /** Every circuit of a target that was asked for, and of a key that ever failed, in no order. */
  list(): readonly CircuitView[];
  /** Opens a circuit, also one that nobody asked for yet. It stays open, without probes, until it is reset. */
  forceOpen(name: string): void;
  /** Closes a circuit at once and forgets its failures and its flapping. */
  reset(name: string): void;
}

/** Targets can be named by callers (`provider/model`), so their number is bounded. */
const MOST_CIRCUITS = 10_000;

/**
 * So many times the failures that open a circuit make its target hopeless. Of answers that fail by chance, every second
 * one, five in a row are common; ten come once in a thousand.
 */
const HOPELESS_TIMES = 2;

const NONE: readonly KeyEntry[] = [];

/**
 * One circuit for each target, made when the target is first asked for, and those of the keys. Verdicts take effect
 * within the same turn of the event loop. Past 10,000 targets, those that have no failure to remember are forgotten.
 *
 * A circuit knows nothing of the others. That the last target is not given up too early is the business of its caller,
 * who says that there is nobody else: then an open circuit lets it through while the target may still be one that
 * answers now and then, and probes a target that flaps as often as any other.
 */
export function createCircuits(
  settings: BreakerSettings,
  { clock, onChange = ignore, probeTimeoutMs = 60_000 }: CircuitsDeps,
): ControlledCircuits {
  const targets = new Map<string, Circuit>();
  const keys = new KeyCircuits({ clock, probeTimeoutMs, onChange });

  const open = (target: string): Circuit => {
    if (targets.size >= MOST_CIRCUITS) dropIdle(targets);
    const circuit = new Circuit({
      consecutiveFailures: settings.consecutiveFailures,
      hopelessFailures: settings.consecutiveFailures * HOPELESS_TIMES,
      cooldown: { baseMs: settings.halfOpenAfterMs, longestMs: LONGEST_REST_MS, growsWithProbes: false },
      clock,
      probeTimeoutMs,
      onChange: (state) => onChange(target, state),
    });
    targets.set(target, circuit);
    return circuit;
  };

  const found = (target: string): Circuit => targets.get(target) ?? open(target);

  return {
    admit(names, isLast = false) {
      const circuit = found(names.target);
      const keyEntries = keys.anyTroubled ? keys.enter(names, isLast) : NONE;
      if (!keyEntries) return undefined;
      const entry = circuit.enter(isLast);
      if (entry) return new CircuitPermit({ circuit, entry, names, keys }, keyEntries);
      keys.free(keyEntries);
      return undefined;
    },
    retryAfterMs: (target, isLast = false) => targets.get(target)?.retryAfterMs(isLast) ?? 0,
    keyRetryAfterMs: (names) => keys.retryAfterMs(names),
    state: (target) => targets.get(target)?.state ?? 'closed',
    list: () => [...views(targets, 'target'), ...views(keys.list(), 'key')],
    forceOpen: (name) => (isOfKey(name) ? keys.forceOpen(name) : found(name).forceOpen()),
    reset: (name) => (isOfKey(name) ? keys.reset(name) : targets.get(name)?.reset()),
  };
}

function isOfKey(name: string): boolean {
  return /#\d+$/.test(name);
}

function views(circuits: Iterable<[string, Circuit]>, of: CircuitView['of']): CircuitView[] {
  return Array.from(circuits, ([target, circuit]) => {
    const { state, failures, isForced: forced } = circuit;
    return { target, of, state, failures, retryAfterMs: circuit.retryAfterMs(false), forced };
  });
}

function dropIdle(circuits: Map<string, Circuit>): void {
  for (const [target, circuit] of circuits) {
    if (circuit.idle) circuits.delete(target);
  }
}

function ignore(): void {
  // Nobody listens.
}
