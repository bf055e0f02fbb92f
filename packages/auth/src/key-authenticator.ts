import { createSecretKey } from 'node:crypto';
import { gatewayError } from '@sluice/contract';
import type { Authenticator, Clock, IncomingHeaders, KeyRepository, Principal } from '@sluice/contract';
import { hashKey } from './api-key.js';
import { KeyHashes } from './key-hashes.js';
import { KeyIndex, toKeyedHash } from './key-index.js';
import type { KeyedHash } from './key-index.js';
import type { LimitProfiles } from './principal.js';
import { readCredential } from './read-credential.js';
import { createStrategyChain } from './strategy-chain.js';

export interface KeyAuthenticatorOptions {
  readonly keys: KeyRepository;
  /** The secret under which keys are hashed. Another pepper invalidates every key. */
  readonly pepper: string;
  /** The operator's key. */
  readonly adminKey?: string;
  /** Whether the admin key also opens the endpoints of callers. */
  readonly adminKeyOnDataPlane: boolean;
  /** `limits.profiles` of the operator's file; `default` is for keys that name none. */
  readonly profiles: LimitProfiles;
  readonly clock: Clock;
}

export interface KeyAuthenticator extends Authenticator {
  /** Like `authenticate`, for the endpoints of operators: rejects with `route_not_allowed` for every key but the admin's. */
  authenticateOperator(headers: IncomingHeaders, signal: AbortSignal): Promise<Principal>;
  /** Makes a change of the keys count at once. Changes by other processes count within a second by themselves. */
  refresh(): void;
}

/**
 * Tells callers by their key. All keys are held in memory; the repository stays the caller's. Throws what the
 * repository throws when the keys cannot be read at the start; when they cannot be read again later, the copy in memory
 * serves for a minute, and then every request is refused with `storage_unavailable`.
 */
export function createKeyAuthenticator(options: KeyAuthenticatorOptions): KeyAuthenticator {
  const { keys, clock, profiles, adminKey, adminKeyOnDataPlane } = options;
  const pepper = createSecretKey(options.pepper, 'utf8');
  const adminHash = adminKey === undefined ? {} : { adminHash: hashKey(adminKey, pepper) };
  const index = new KeyIndex({ keys, clock, profiles, ...adminHash });
  const hashes = new KeyHashes((key) => toKeyedHash(hashKey(key, pepper)));
  const find = (keyedHash: KeyedHash): Principal => index.find(keyedHash);
  const verify = createStrategyChain((credential) => hashes.learn(credential, find));
  const identify = async (headers: IncomingHeaders): Promise<Principal> => {
    const credential = readCredential(headers);
    // What the strategies have once accepted is looked up again every time, so that a revocation counts, but not parsed.
    return hashes.recall(credential, find) ?? verify(credential);
  };
  return {
    authenticate: adminKeyOnDataPlane ? identify : async (headers) => expectKind('key', await identify(headers)),
    authenticateOperator: async (headers) => expectKind('admin', await identify(headers)),
    refresh: () => index.refresh(),
  };
}

function expectKind(kind: Principal['kind'], principal: Principal): Principal {
  if (principal.kind === kind) return principal;
  throw gatewayError('route_not_allowed', {
    message:
      kind === 'admin' ? 'Only the admin key opens this endpoint.' : 'The admin key does not open this endpoint.',
  });
}
