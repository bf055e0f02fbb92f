import type { ProcessTelemetry } from '@sluice/telemetry';
import type { Generations } from './generations.js';
import type { LastingPorts } from './ports.js';
import { showQueues } from './queue-metrics.js';

const STATE_VALUES = { closed: 0, 'half-open': 1, open: 2 } as const;

export interface StateSources {
  readonly telemetry: ProcessTelemetry;
  readonly lasting: Pick<LastingPorts, 'limiter' | 'ledger'>;
  readonly generations: Generations;
}

/** Gauges of what the configuration of the moment holds, and of who waits. */
export function showState({ telemetry, lasting, generations }: StateSources): void {
  showQueues(telemetry, { slots: () => generations.current.slots, turns: () => lasting.limiter.turns });
  telemetry.gauge(
    'sluice_ledger_unwritten_rows',
    'Settlements in memory that the disk has not taken.',
    () => lasting.ledger.unwritten,
  );
  telemetry.gauge(
    'sluice_breaker_state',
    'Circuit of a target, or of a key by its number: 0 closed, 1 half-open, 2 open.',
    () => generations.current.circuits.troubled().map(([target, state]) => [{ target }, STATE_VALUES[state]] as const),
  );
}
