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

/** Targets can be named by callers (`provider/model`), so their number is bounded. */
const MOST_CIRCUITS = 10_000;

/**
 * One circuit for each target, made when the target is first asked for. Verdicts take effect within the same turn of
 * the event loop. Past 10,000 targets, those that have no failure to remember are forgotten.
 */
export function createCircuits(
  settings: BreakerSettings,
  { clock, onChange, probeTimeoutMs = 60_000 }: CircuitsDeps,
): Circuits {
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

  return {
    admit: (target) => (circuits.get(target) ?? open(target)).admit(),
    retryAfterMs: (target) => circuits.get(target)?.retryAfterMs ?? 0,
    state: (target) => circuits.get(target)?.state ?? 'closed',
  };
}

function dropIdle(circuits: Map<string, Circuit>): void {
  for (const [target, circuit] of circuits) {
    if (circuit.idle) circuits.delete(target);
  }
}
