import { isJsonObject } from '@sluice/toolkit';
import type { RawProviders } from './zero-config.js';

/** How a provider came to be there. */
export type ProviderSource = 'file' | 'environment' | 'discovered' | 'built-in';

export interface GatheredProviders {
  /** Not checked: what a file has under `providers` may be anything. */
  readonly providers: unknown;
  readonly sources: Readonly<Record<string, ProviderSource>>;
}

/** What a file, or a value in its place, has under `providers`, and what is built in. */
export function gatherNamed(named: unknown, production: boolean): GatheredProviders {
  return isJsonObject(named) ? gather({ file: named }, production) : { providers: named, sources: {} };
}

type Found = Partial<Record<ProviderSource, Readonly<Record<string, unknown>>>>;

/** All providers, the first bearer of a name winning; in development the simulator comes last. */
export function gather(found: Found, production: boolean): GatheredProviders {
  const providers: Record<string, unknown> = {};
  const sources: Record<string, ProviderSource> = {};
  const builtIn: RawProviders = production ? {} : { sim: { kind: 'sim' } };
  const all: Found = { ...found, 'built-in': builtIn };
  for (const source of ['file', 'environment', 'discovered', 'built-in'] as const) {
    for (const [id, settings] of Object.entries(all[source] ?? {})) {
      if (Object.hasOwn(providers, id)) continue;
      providers[id] = settings;
      sources[id] = source;
    }
  }
  return { providers, sources };
}
