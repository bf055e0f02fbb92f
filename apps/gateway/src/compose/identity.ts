import { createKeyAdmin, createKeyAuthenticator } from '@sluice/auth';
import type { KeyAdmin, KeyAuthenticator } from '@sluice/auth';
import type { SqliteStore } from '@sluice/store-sqlite';
import type { Transport } from '@sluice/contract';
import { BUDGET_SETTING } from '../limits/live-book.js';
import type { Config } from '../config/schema.js';
import { readSecretNow } from '../config/secrets.js';
import type { SecretPlace } from '../config/secrets.js';
import { systemClock } from '../system-clock.js';

/** What opens the gateway. */
export interface IdentitySecrets {
  readonly keyPepper: string;
  readonly adminKey: string;
}

export interface Identity {
  readonly keys: KeyAdmin;
  readonly authenticator: KeyAuthenticator;
}

export interface IdentityParts {
  readonly store: SqliteStore;
  /** Fetches the keys of issuers of tokens. */
  readonly transport: Transport;
  readonly place: SecretPlace;
}

/** Who may call, and the keys with which they do. */
export function composeIdentity(
  config: Config,
  { keyPepper, adminKey }: IdentitySecrets,
  { store, transport, place }: IdentityParts,
): Identity {
  const authenticator = createKeyAuthenticator({
    keys: store.keys,
    tenancy: store.tenancy,
    pepper: keyPepper,
    adminKey,
    adminKeyOnDataPlane: config.auth.adminKeyOnDataPlane,
    failures: config.auth.failures,
    tokens: { issuers: config.auth.jwt, transport, readSecret: (ref) => readSecretNow(ref, place) },
    profiles: config.limits.profiles,
    clock: systemClock,
  });
  const keys = createKeyAdmin({
    keys: store.keys,
    tenancy: store.tenancy,
    pepper: keyPepper,
    prefix: config.auth.keys.prefix,
    profiles: config.limits.profiles,
    hasBudget: (name) => Object.hasOwn(config.budgets, name) || store.settings.find(BUDGET_SETTING, name) !== undefined,
    clock: systemClock,
    onChange: () => authenticator.refresh(),
  });
  return { keys, authenticator };
}
