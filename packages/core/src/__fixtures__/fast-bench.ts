import type { Provider } from '@sluice/contract';
import { createBench } from './bench.js';
import type { Bench, BenchOptions } from './bench.js';
import type { Script } from './scripted-transport.js';
import { aliasOf, configured, snapshotOf } from './snapshots.js';
import type { ConfiguredOptions } from './snapshots.js';
import { toyProvider } from './toy-provider.js';
import type { ToyProviderOptions } from './toy-provider.js';

export interface Setting extends Partial<BenchOptions> {
  readonly provider?: ToyProviderOptions;
  readonly change?: Partial<Provider>;
  readonly configuredWith?: ConfiguredOptions;
}

/** An alias `fast` over providers `a` and `b`, both of the same make. */
export function fastBench(
  scripts: readonly Script[],
  { provider, change, configuredWith, ...rest }: Setting = {},
): Bench {
  const make = (name: string) => configured(name, { ...toyProvider(provider), ...change }, configuredWith);
  const providers = [make('a'), make('b')];
  return createBench({ snapshot: snapshotOf(providers, [aliasOf('fast', providers)]), scripts, ...rest });
}
export const PASSES = { provider: { passes: true } } as const;
export const ask = { model: 'fast', say: 'hi' };
export const askStream = { ...ask, stream: true };
