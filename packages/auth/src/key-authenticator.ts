import { createSecretKey } from 'node:crypto';
import { isIP } from 'node:net';
import type { BlockList } from 'node:net';
import { gatewayError } from '@sluice/contract';
import type { Authenticator, Clock, KeyRepository, Principal, Stranger, TenancyRepository } from '@sluice/contract';
import { hashKey } from './api-key.js';
import { Failures } from './failures.js';
import type { FailureRules } from './failures.js';
import { KeyHashes } from './key-hashes.js';
import { KeyIndex, toKeyedHash } from './key-index.js';
import type { Identified, KeyedHash, KnownToken } from './key-index.js';
import { assertMay, isForCallers } from './permissions.js';
import type { Permission } from './permissions.js';
import type { LimitProfiles } from './principal.js';
import { readCredential } from './read-credential.js';
import { createSessions } from './sessions.js';
import type { Sessions, SessionsDeps } from './sessions.js';
import { createStrategyChain } from './strategy-chain.js';
import { expiredToken } from './token-form.js';
import { SKEW_SECONDS, createTokenVerifier } from './token-verifier.js';
import type { TokenVerifierDeps, VerifyToken } from './token-verifier.js';

export interface KeyAuthenticatorOptions {
  readonly keys: KeyRepository;
  readonly tenancy: TenancyRepository;
  /** The secret under which keys are hashed. Another pepper invalidates every key. */
  readonly pepper: string;
  /** The operator's key. */
  readonly adminKey?: string;
  /** Whether the admin key also opens the endpoints of callers. */
  readonly adminKeyOnDataPlane: boolean;
  /** `limits.profiles` of the operator's file; `default` is for keys that name none. */
  readonly profiles: LimitProfiles;
  /** Absent: no tokens are accepted. */
  readonly tokens?: Omit<TokenVerifierDeps, 'clock'>;
  /** Absent: nobody signs in. */
  readonly sessions?: Pick<SessionsDeps, 'repository' | 'ttlMs' | 'providers'>;
  /** Absent: refused credentials are not counted. */
  readonly failures?: FailureRules;
  readonly clock: Clock;
}

export interface KeyAuthenticator extends Authenticator {
  /** As `authenticate`, for whoever is to have another permission. */
  authorize(caller: Stranger, permission: Permission, signal: AbortSignal): Promise<Principal>;
  /** The sessions of people; absent where nobody signs in. */
  readonly sessions?: Sessions | undefined;
  /** Makes a change of the keys count at once. Changes by other processes count within a second by themselves. */
  refresh(): void;
}

/**
 * Tells callers by their key. All keys are held in memory; the repository stays the caller's. Throws what the
 * repository throws when the keys cannot be read at the start; when they cannot be read again later, the copy in memory
 * serves for a minute, and then every request is refused with `storage_unavailable`.
 */
export function createKeyAuthenticator(options: KeyAuthenticatorOptions): KeyAuthenticator {
  const { keys, tenancy, clock, profiles, adminKey, adminKeyOnDataPlane } = options;
  const adminHash = adminKey === undefined ? {} : { adminHash: hashKey(adminKey, options.pepper) };
  const doSubjectsGiveRoles = options.sessions?.providers.length === 1;
  const index = new KeyIndex({ keys, tenancy, clock, profiles, doSubjectsGiveRoles, ...adminHash });
  const recognise = createRecogniser(options, index);
  const failures = options.failures && new Failures(options.failures, clock);
  const refusal = (cause: unknown, { peer }: Stranger): unknown =>
    failures ? failures.judge(cause, peer?.remoteAddress) : cause;
  // Apart from the other, so that a known credential costs one turn of the promise that it is answered with.
  const findKnown = (caller: Stranger): Identified | undefined => {
    try {
      return recognise.known(readCredential(caller.headers));
    } catch (cause) {
      throw refusal(cause, caller);
    }
  };
  const meet = (caller: Stranger): Promise<Identified> =>
    recognise.stranger(readCredential(caller.headers)).catch((cause: unknown) => {
      throw refusal(cause, caller);
    });
  const assertPlace = ({ from }: Identified, { peer }: Stranger): void => {
    if (from) assertAddress(from, peer?.isUncertain ? undefined : peer?.remoteAddress);
  };
  const assertAllowed = createPlaneCheck(adminKeyOnDataPlane);
  const authorize = async (caller: Stranger, permission: Permission): Promise<Principal> => {
    const identified = findKnown(caller) ?? (await meet(caller));
    const { principal } = identified;
    assertPlace(identified, caller);
    assertAllowed(principal, permission);
    return principal;
  };
  return {
    authenticate: (caller) => authorize(caller, 'models:call'),
    authorize,
    ...(options.sessions && {
      sessions: createSessions({ ...options, ...options.sessions, index, refusal, assertPlace, assertAllowed }),
    }),
    refresh: () => index.refresh(),
  };
}

/** Whether somebody may, with the admin key where that opens it. */
function createPlaneCheck(adminKeyOnDataPlane: boolean): (principal: Principal, permission: Permission) => void {
  return (principal, permission) => {
    if (!adminKeyOnDataPlane && principal.kind === 'admin') assertAdminPlane(permission);
    assertMay(principal, permission);
  };
}

interface Recogniser {
  /** Whose a credential is that the strategies have once accepted: looked up every time, so that a revocation counts. */
  known(credential: string): Identified | undefined;
  /** Asks the strategies. */
  stranger(credential: string): Promise<Identified>;
}

function createRecogniser(options: KeyAuthenticatorOptions, index: KeyIndex): Recogniser {
  const pepper = createSecretKey(options.pepper, 'utf8');
  const hashes = new KeyHashes<KeyedHash | KnownToken>((key) => toKeyedHash(hashKey(key, pepper)));
  const find = (known: KeyedHash | KnownToken): Identified =>
    'claims' in known ? admitToken(known, index, options.clock) : index.find(known);
  const verifyToken = toTokenVerifier(options);
  const stranger = createStrategyChain({
    key: (credential) => hashes.learn(credential, find),
    token:
      verifyToken &&
      (async (credential) => {
        const known = { claims: await verifyToken(credential) };
        const identified = index.admit(known);
        hashes.remember(credential, known);
        return identified;
      }),
  });
  return { known: (credential) => hashes.recall(credential, find), stranger };
}

function toTokenVerifier({ tokens, clock }: KeyAuthenticatorOptions): VerifyToken | undefined {
  return tokens && tokens.issuers.length > 0 ? createTokenVerifier({ ...tokens, clock }) : undefined;
}

/** A token that was verified needs no more than the time of day, and that nothing became of whom it speaks for. */
function admitToken(token: KnownToken, index: KeyIndex, clock: Clock): Identified {
  if (token.claims.expiresAtMs + SKEW_SECONDS * 1_000 <= clock.now()) throw expiredToken();
  return index.admit(token);
}

function assertAdminPlane(permission: Permission): void {
  if (!isForCallers(permission)) return;
  throw gatewayError('route_not_allowed', { message: 'The admin key does not open this endpoint.' });
}

/** Inside a process there is no address, and none is known behind a proxy that does not tell: there such a key is of no use. */
function assertAddress(allowed: BlockList, address = ''): void {
  if (isIP(address) > 0 && allowed.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')) return;
  throw gatewayError('ip_not_allowed', { message: 'The key may not be used from this address.' });
}
