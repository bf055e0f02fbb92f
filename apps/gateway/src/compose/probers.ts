import { resourceKey } from '@sluice/core';
import type { Config } from '../config/schema.js';
import { Prober } from '../health/prober.js';
import type { ProberDeps } from '../health/prober.js';
import type { Holding } from './holding.js';
import { providerKey } from './providers.js';
import type { OpenProvider } from './providers.js';

export interface ProbersInit extends ProberDeps {
  readonly providers: ReadonlyMap<string, OpenProvider>;
}

/**
 * Those of the providers that are to be probed, by their names. One goes on through every reload that leaves its provider,
 * its settings and the circuits that it tells as they were.
 */
export function takeProbers(
  config: Pick<Config, 'providers' | 'models' | 'breaker'>,
  holding: Holding,
  { providers, ...deps }: ProbersInit,
): ReadonlyMap<string, Prober> {
  const probers = new Map<string, Prober>();
  const targets = Map.groupBy(targetsOf(config.models), ({ provider }) => provider);
  for (const [name, settings] of Object.entries(config.providers)) {
    const open = providers.get(name);
    const { probe } = settings;
    if (!open || !probe) continue;
    const { provider } = open;
    const key = resourceKey(`prober of ${providerKey(name, settings)}`, { probe, breaker: config.breaker });
    const prober = holding.take(key, () => {
      const value = new Prober({ name, keys: provider.pool ?? [provider], settings: probe }, deps);
      return { value, dispose: () => value.stop() };
    });
    prober.watch((targets.get(name) ?? []).map(({ model }) => `${name}/${model}`));
    probers.set(name, prober);
  }
  return probers;
}

interface Place {
  readonly provider: string;
  readonly model: string;
}

/** Every target that an alias leads to, each once. */
function targetsOf(models: Config['models']): Iterable<Place> {
  const found = new Map<string, Place>();
  for (const { targets, fallbacks, canary, rules = [] } of Object.values(models)) {
    const others = [...fallbacks, ...rules.map(({ use }) => use)].filter((one): one is Place => 'provider' in one);
    for (const place of [...targets, ...others, ...(canary ? [canary] : [])])
      found.set(`${place.provider}/${place.model}`, place);
  }
  return found.values();
}
