import type { Circuits, CircuitState, Clock } from '@sluice/contract';
import { Circuit } from './circuit.js';
import type { BreakerSettings } from './settings.js';

export interface CircuitsDeps {
  readonly clock: Clock;
  /** Hears of every change of state. Must not throw. */
  readonly onChange?: (target: string, state: CircuitState) => void;
  /** A probe that has no verdict after this time gives its place to the next one. Default 60 s. */
  readonly probeTimeoutMs?: number;
}

/** What is known of one circuit. */
export interface CircuitView {
  readonly target: string;
  readonly state: CircuitState;
  /** In a row. */
  readonly failures: number;
  /** Milliseconds until a probe may go; 0 when one may now. Of a forced circuit a guess: the longest rest. */
  readonly retryAfterMs: number;
  /** Held open by an operator. */
  readonly forced: boolean;
}

/** Circuits with what operators can do to them. */
export interface ControlledCircuits extends Circuits {
  /** Every circuit that was asked for, in no order. */
  list(): readonly CircuitView[];
  /** Opens a circuit, also one that nobody asked for yet. It stays open, without probes, until it is reset. */
  forceOpen(target: string): void;
  /** Closes a circuit at once and forgets its failures and its flapping. */
  reset(target: string): void;
}

/** Targets can be named by callers (`provider/model`), so their number is bounded. */
const MOST_CIRCUITS = 10_000;

/**
 * One circuit for each target, made when the target is first asked for. Verdicts take effect within the same turn of
 * the event loop. Past 10,000 targets, those that have no failure to remember are forgotten.
 *
 * No circuit is spared for being the last one of its alias: a circuit knows nothing of the others, and a request whose
 * targets are all left out is to be refused at once, not sent to one that is down. That the last one is never lost is
 * the business of the rest: it ends, and the next request is the probe.
 */
export function createCircuits(
  settings: BreakerSettings,
  { clock, onChange, probeTimeoutMs = 60_000 }: CircuitsDeps,
): ControlledCircuits {
  const circuits = new Map<string, Circuit>();

  const open = (target: string): Circuit => {
    if (circuits.size >= MOST_CIRCUITS) dropIdle(circuits);
    const circuit = new Circuit({
      ...settings,
      clock,
      probeTimeoutMs,
      onChange: (state) => onChange?.(target, state),
    });
    circuits.set(target, circuit);
    return circuit;
  };

  const found = (target: string): Circuit => circuits.get(target) ?? open(target);

  return {
    admit: (target) => found(target).admit(),
    retryAfterMs: (target) => circuits.get(target)?.retryAfterMs ?? 0,
    state: (target) => circuits.get(target)?.state ?? 'closed',
    list: () => [...circuits].map(([target, circuit]) => view(target, circuit)),
    forceOpen: (target) => found(target).forceOpen(),
    reset: (target) => circuits.get(target)?.reset(),
  };
}

function view(target: string, { state, failures, retryAfterMs, isForced }: Circuit): CircuitView {
  return { target, state, failures, retryAfterMs, forced: isForced };
}

function dropIdle(circuits: Map<string, Circuit>): void {
  for (const [target, circuit] of circuits) {
    if (circuit.idle) circuits.delete(target);
  }
}
