import { randomBytes } from 'node:crypto';
import { createKeyAdmin, createKeyAuthenticator, createSignIn } from '@sluice/auth';
import type { KeyAdmin, KeyAuthenticator, SignIn } from '@sluice/auth';
import type { SqliteStore } from '@sluice/store-sqlite';
import type { Transport } from '@sluice/contract';
import type { Followers } from '../audit/followers.js';
import type { LiveBook } from '../limits/live-book.js';
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
  readonly signIn: SignIn;
}

export interface IdentityParts {
  readonly store: SqliteStore;
  /** Fetches the keys of issuers of tokens. */
  readonly transport: Transport;
  readonly place: SecretPlace;
  readonly book: Pick<LiveBook, 'hasBudgetForKeys'>;
  /** Runs what is to follow a change of the keys. */
  readonly follow: Followers['run'];
}

/** What of a configuration says who may call; what else changes leaves tokens known and guesses counted. */
export interface IdentityConfig {
  readonly auth: Config['auth'];
  readonly profiles: Config['limits']['profiles'];
}

/** Who may call, and the keys with which they do. */
export function composeIdentity(
  config: IdentityConfig,
  { keyPepper, adminKey }: IdentitySecrets,
  { store, transport, place, book, follow }: IdentityParts,
): Identity {
  const authenticator = createKeyAuthenticator({
    keys: store.keys,
    tenancy: store.tenancy,
    pepper: keyPepper,
    adminKey,
    adminKeyOnDataPlane: config.auth.adminKeyOnDataPlane,
    failures: config.auth.failures,
    tokens: { issuers: config.auth.jwt, transport, readSecret: (ref) => readSecretNow(ref, place) },
    profiles: config.profiles,
    sessions: { repository: store.sessions, ttlMs: config.auth.sessions.ttl, providers: config.auth.oidc },
    clock: systemClock,
  });
  const signIn = createSignIn({
    providers: config.auth.oidc,
    root: keyPepper,
    random: randomBytes,
    transport,
    readSecret: (ref) => readSecretNow(ref, place),
    clock: systemClock,
  });
  const keys = createKeyAdmin({
    keys: store.keys,
    tenancy: store.tenancy,
    pepper: keyPepper,
    prefix: config.auth.keys.prefix,
    profiles: config.profiles,
    hasBudget: (name) => book.hasBudgetForKeys(name),
    clock: systemClock,
    onChange: () => follow(() => authenticator.refresh()),
  });
  return { keys, authenticator, signIn };
}
