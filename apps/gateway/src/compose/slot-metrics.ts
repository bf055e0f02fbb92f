import type { ProcessTelemetry } from '@sluice/telemetry';
import type { BoundedProvider, ConfiguredSlots } from './slots.js';

type Reading = readonly (readonly [Readonly<Record<string, string>>, number])[];

/** Tells of the places at providers, and of those who wait for one, as the configuration of the moment has them. */
export function showSlots(
  telemetry: Pick<ProcessTelemetry, 'gauge' | 'counter'>,
  current: () => ConfiguredSlots | undefined,
): void {
  const ofEach =
    (read: (one: BoundedProvider) => number): (() => Reading) =>
    () =>
      (current()?.bounded ?? []).map((one) => [{ queue: 'provider', name: one.name }, read(one)] as const);
  telemetry.gauge(
    'sluice_queue_length',
    'Requests that wait for a place.',
    ofEach(({ gate }) => gate.waiting),
  );
  telemetry.counter(
    'sluice_queue_waits_total',
    'Waits for a place that ended.',
    ofEach(({ gate }) => gate.counts.waits),
  );
  telemetry.counter(
    'sluice_queue_wait_seconds_total',
    'How long these waits lasted, together.',
    ofEach(({ gate }) => gate.counts.waitedMs / 1_000),
  );
  telemetry.counter(
    'sluice_queue_refused_total',
    'Requests that got no place in time.',
    ofEach(({ gate }) => gate.counts.refused),
  );
  telemetry.gauge('sluice_concurrency_in_flight', 'Calls that a bounded provider has.', () =>
    (current()?.bounded ?? []).map(({ name, gate }) => [{ provider: name }, gate.inFlight] as const),
  );
  telemetry.gauge('sluice_concurrency_limit', 'Calls that a target may have at once.', () =>
    (current()?.bounded ?? []).flatMap(limitsOf),
  );
}

/** One limit for all models of a provider, or one for each that was asked. */
function limitsOf({ name, gate, rules }: BoundedProvider): Reading {
  const { minConcurrent: min, maxConcurrent: max } = rules;
  if (min === undefined) return [[{ target: name }, max]];
  return [...gate.limits.names()].map((target) => [{ target }, gate.limits.limit(target, { min, max })] as const);
}
