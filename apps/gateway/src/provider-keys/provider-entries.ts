import type { SecretRef } from '@sluice/contract';
import type { Config, ProviderSettings } from '../config/schema.js';
import type { ProviderKeys, SetKey } from './provider-keys.js';

/** A provider as operators see it. */
export interface ProviderEntry {
  readonly name: string;
  readonly kind: string;
  readonly baseUrl?: string;
  readonly keys: readonly {
    /** Where the file's key is read from. */
    readonly reference: string;
    readonly set: SetKey | undefined;
  }[];
}

/** The providers of the configuration of the moment, and their keys. */
export interface ProviderEntries {
  /** By name. */
  list(): readonly ProviderEntry[];
  /** A key in place of one of the file's, by its number. */
  set(provider: string, number: number, key: string): void;
  reset(provider: string, number: number): void;
}

export interface ProviderEntriesDeps {
  providers(): Config['providers'];
  readonly keys: ProviderKeys;
  /** What was learned of the key before it says nothing of the next one. */
  onChange(provider: string, number: number): void;
}

export function createProviderEntries({ providers, keys, onChange }: ProviderEntriesDeps): ProviderEntries {
  return {
    list: () =>
      Object.entries(providers())
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, settings]) => ({
          name,
          kind: settings.kind,
          ...shownUrl(settings),
          keys: keyReferences(settings).map((ref, number) => ({
            reference: 'env' in ref ? `env ${ref.env}` : `file ${ref.file}`,
            set: keys.show(name, number),
          })),
        })),
    set(provider, number, key) {
      keys.set(provider, number, key);
      onChange(provider, number);
    },
    reset(provider, number) {
      keys.reset(provider, number);
      onChange(provider, number);
    },
  };
}

/** Where the keys of an entry of the file are read from, the only one or those of a pool. */
export function keyReferences({ apiKey, apiKeys }: ProviderSettings): readonly SecretRef[] {
  if (Array.isArray(apiKeys)) return apiKeys as readonly SecretRef[];
  return apiKey === undefined ? [] : [apiKey as SecretRef];
}

/** Without what an address may hold of credentials. */
function shownUrl({ baseUrl }: ProviderSettings): { readonly baseUrl?: string } {
  if (typeof baseUrl !== 'string' || !URL.canParse(baseUrl)) return {};
  const { origin, pathname } = new URL(baseUrl);
  return { baseUrl: `${origin}${pathname}`.replace(/\/$/, '') };
}
