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
  troubled(): readonly (readonly [name: string, CircuitState])[];
}

interface ProviderCircuits {
  readonly circuits: ControlledCircuits;
  /** What never failed is not listed: callers can name as many targets as they like. */
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
  const of = (name: string): ControlledCircuits => {
    const found = byProvider.get(providerOf(name));
    if (!found) throw new Error(`No provider of this configuration has the circuit ${name}.`);
    return found.circuits;
  };
  return {
    admit: (names, isLast) => of(names.target).admit(names, isLast),
    retryAfterMs: (target, isLast) => of(target).retryAfterMs(target, isLast),
    keyRetryAfterMs: (names) => of(names.target).keyRetryAfterMs(names),
    state: (target) => of(target).state(target),
    list: () => [...byProvider.values()].flatMap(({ circuits }) => circuits.list()),
    forceOpen: (name) => of(name).forceOpen(name),
    reset: (name) => of(name).reset(name),
    troubled: () => [...byProvider.values()].flatMap(({ troubled }) => [...troubled]),
  };
}

/** The provider of a circuit's name: `provider/model`, `provider#0` or, where no model is seen, `provider`. */
export function providerOf(name: string): string {
  const slash = name.indexOf('/');
  if (slash >= 0) return name.slice(0, slash);
  const number = name.indexOf('#');
  return number < 0 ? name : name.slice(0, number);
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
