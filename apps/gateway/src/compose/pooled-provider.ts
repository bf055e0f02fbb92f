import type { Provider, ProviderDefinition, ProviderDeps, SecretRef } from '@sluice/contract';
import type { ProviderSettings } from '../config/schema.js';

/** The adapter of one entry under `providers:`. */
export interface PooledProvider extends Provider {
  /** Where the entry has several keys: an adapter for each; the first is the one that does what needs no certain key. */
  readonly pool?: readonly Provider[];
}

/** An adapter knows one account; several keys are several accounts that differ in nothing else. */
export function createPooledProvider(
  definition: ProviderDefinition,
  settings: ProviderSettings,
  deps: ProviderDeps,
): PooledProvider {
  const { apiKeys, ...own } = settings;
  if (apiKeys === undefined) return definition.create(own, deps);
  const [first, ...others] = (apiKeys as readonly SecretRef[]).map((apiKey) =>
    definition.create({ ...own, apiKey }, deps),
  );
  if (!first) throw new TypeError('A pool has no key.');
  return others.length === 0 ? first : { ...first, pool: [first, ...others] };
}
