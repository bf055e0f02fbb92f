import type { SecretRef } from '@sluice/contract';
import type { Vault } from '../compose/vault.js';
import type { ProviderSettings } from '../config/schema.js';
import { createSecretReader } from '../config/secrets.js';
import type { SecretPlace } from '../config/secrets.js';
import { keyReferences } from './provider-entries.js';

export interface KeyOwner {
  /** The provider's name. */
  readonly name: string;
  readonly settings: ProviderSettings;
}

/** Reads the secrets of one provider, anew at each call: a key that was set at run time goes before the file's. */
export function createKeyReader(
  { name, settings }: KeyOwner,
  place: SecretPlace,
  { get, learn }: Pick<Vault, 'get' | 'learn'>,
): (ref: SecretRef) => Promise<string> {
  const read = createSecretReader(place);
  const numbers = new Map(keyReferences(settings).map((ref, number) => [ref, number]));
  return async (ref) => {
    const number = numbers.get(ref);
    const set = number === undefined ? undefined : get(name, number);
    if (set !== undefined) return set;
    const secret = await read(ref);
    learn(secret);
    return secret;
  };
}
