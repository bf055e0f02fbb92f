import { createCircuits } from '@sluice/breaker';
import type { ControlledCircuits } from '@sluice/breaker';
import type { CircuitState } from '@sluice/contract';
import { resourceKey } from '@sluice/core';
import type { ProcessTelemetry } from '@sluice/telemetry';
import type { Config } from '../config/schema.js';
import { systemClock } from '../system-clock.js';
import type { Holding } from './holding.js';
import { providerKey } from './providers.js';

/** The circuits of every provider of one configuration. */
export interface ConfiguredCircuits extends ControlledCircuits {
  /** Those that are not closed. */
  troubled(): readonly (readonly [target: string, CircuitState])[];
}

interface ProviderCircuits {
  readonly circuits: ControlledCircuits;
  /** Targets that never failed are not listed: callers can name as many as they like. */
  readonly troubled: ReadonlyMap<string, CircuitState>;
}

/** Each provider has its circuits apart: a reload that leaves a provider as it was leaves them as they are. */
export function takeCircuits(
  { providers, breaker }: Pick<Config, 'providers' | 'breaker'>,
  holding: Holding,
  { log }: Pick<ProcessTelemetry, 'log'>,
): ConfiguredCircuits {
  const byProvider = new Map<string, ProviderCircuits>();
  for (const [name, settings] of Object.entries(providers)) {
    const key = resourceKey(`circuits of ${providerKey(name, settings)}`, breaker);
    byProvider.set(
      name,
      holding.take(key, () => ({ value: open(breaker, log) })),
    );
  }
  const of = (target: string): ControlledCircuits => {
    const slash = target.indexOf('/');
    const found = byProvider.get(slash < 0 ? target : target.slice(0, slash));
    if (!found) throw new Error(`No provider of this configuration has the target ${target}.`);
    return found.circuits;
  };
  return {
    admit: (target) => of(target).admit(target),
    retryAfterMs: (target) => of(target).retryAfterMs(target),
    state: (target) => of(target).state(target),
    list: () => [...byProvider.values()].flatMap(({ circuits }) => circuits.list()),
    forceOpen: (target) => of(target).forceOpen(target),
    reset: (target) => of(target).reset(target),
    troubled: () => [...byProvider.values()].flatMap(({ troubled }) => [...troubled]),
  };
}

function open(breaker: Config['breaker'], log: ProcessTelemetry['log']): ProviderCircuits {
  const troubled = new Map<string, CircuitState>();
  const circuits = createCircuits(breaker, {
    clock: systemClock,
    onChange: (target, state) => {
      if (state === 'closed') troubled.delete(target);
      else troubled.set(target, state);
      log.warn('circuit changed', { target, state });
    },
  });
  return { circuits, troubled };
}
