import type { TurnFigures } from '@sluice/limits';
import type { ProcessTelemetry } from '@sluice/telemetry';
import type { BoundedProvider, ConfiguredSlots } from './slots.js';

type Reading = readonly (readonly [Readonly<Record<string, string>>, number])[];

export interface QueueSources {
  /** The places at providers, as the configuration of the moment has them. */
  slots(): ConfiguredSlots | undefined;
  /** The lines of all keys together: there may be any number of them. */
  turns(): TurnFigures;
}

/** Tells of those who wait, for a place at a provider or for room within their limits, and of the places. */
export function showQueues(
  telemetry: Pick<ProcessTelemetry, 'gauge' | 'counter'>,
  { slots, turns }: QueueSources,
): void {
  const bounded = () => slots()?.bounded ?? [];
  const ofEach = (read: (queue: TurnFigures) => number) => (): Reading => [
    [{ queue: 'limits', name: '' }, read(turns())],
    ...bounded().map(({ name, gate }) => {
      const figures = { waiting: gate.waiting, ...gate.counts };
      return [{ queue: 'provider', name }, read(figures)] as const;
    }),
  ];
  telemetry.gauge(
    'sluice_queue_length',
    'Requests that wait.',
    ofEach(({ waiting }) => waiting),
  );
  telemetry.counter(
    'sluice_queue_waits_total',
    'Waits that ended.',
    ofEach(({ waits }) => waits),
  );
  telemetry.counter(
    'sluice_queue_wait_seconds_total',
    'How long the waits that ended have lasted, together.',
    ofEach(({ waitedMs }) => waitedMs / 1_000),
  );
  telemetry.counter(
    'sluice_queue_refused_total',
    'Requests refused for want of room in time.',
    ofEach(({ refused }) => refused),
  );
  telemetry.gauge('sluice_concurrency_in_flight', 'Calls that a bounded provider has.', () =>
    bounded().map(({ name, gate }) => [{ provider: name }, gate.inFlight] as const),
  );
  telemetry.gauge('sluice_concurrency_limit', 'Calls that a target may have at once.', () =>
    bounded().flatMap(limitsOf),
  );
}

/** One limit for all models of a provider, or one for each that was asked. */
function limitsOf({ name, gate, rules }: BoundedProvider): Reading {
  const { minConcurrent: min, maxConcurrent: max } = rules;
  if (min === undefined) return [[{ target: name }, max]];
  return [...gate.limits.names()].map((target) => [{ target }, gate.limits.limit(target, { min, max })] as const);
}
