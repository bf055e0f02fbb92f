import { createHmac, randomBytes } from 'node:crypto';
import { gatewayError, isGatewayError } from '@sluice/contract';
import type { Clock, GatewayError, JsonObject, Principal, SessionRepository, Stranger } from '@sluice/contract';
import { derivePurposeKey } from '@sluice/toolkit';
import { hashKey } from './api-key.js';
import { toKeyedHash } from './key-index.js';
import type { Identified, KeyIndex } from './key-index.js';
import type { OidcSettings } from './oidc/oidc-settings.js';
import { originOf } from './oidc/person.js';
import type { Person } from './oidc/person.js';
import type { Permission } from './permissions.js';
import { readCredential } from './read-credential.js';
import { forbidden } from './refuse.js';

const ID_BYTES = 32;
/** How many one key, or one person, has at a time. */
const MOST_SESSIONS = 50;
const ID = /^[\w-]{43}$/;

/** A session that begins. */
export interface OpenedSession {
  /** For the browser alone. */
  readonly id: string;
  readonly principal: Principal;
  readonly expiresAtMs: number;
  /** How long that is. */
  readonly ttlMs: number;
}
/** One that is under way. */
export type Session = Omit<OpenedSession, 'id' | 'ttlMs'>;

/** The sessions of people. Each has an id that nobody else has ever seen, and ends with whom it speaks for. */
export interface Sessions {
  /** Opens one for whoever brings a key with a role. Rejects as `authorize` does; tokens, and keys of callers, open none. */
  openByKey(caller: Stranger): Promise<OpenedSession>;
  /** Opens one for whom a provider of identities spoke of. */
  openFor(person: Person): Promise<OpenedSession>;
  /** Rejects with a 401 where the session is over, or whom it speaks for. */
  find(id: string, caller: Stranger): Promise<Session>;
  authorize(id: string, caller: Stranger, permission: Permission): Promise<Principal>;
  /** Idempotent. */
  end(id: string): Promise<void>;
}

export interface SessionsDeps {
  readonly repository: SessionRepository;
  readonly ttlMs: number;
  /** What people have signed in at. A session is over where its provider, or what that one's claims stand for, is another. */
  readonly providers: readonly OidcSettings[];
  readonly pepper: string;
  readonly clock: Clock;
  readonly index: Pick<KeyIndex, 'find' | 'admitPerson' | 'madeAt'>;
  /** What a caller is told whose credential failed. */
  refusal(cause: unknown, caller: Stranger): unknown;
  assertPlace(identified: Identified, caller: Stranger): void;
  assertAllowed(principal: Principal, permission: Permission): void;
}

/** Kept under a hash with a key of its own purpose; what they may is asked anew for each call. */
export function createSessions(deps: SessionsDeps): Sessions {
  const { repository, ttlMs, clock, index } = deps;
  const identify = createIdentifier(deps);
  const key = derivePurposeKey(deps.pepper, 'session');
  const toHash = (id: string): string => createHmac('sha256', key).update(id).digest('base64url');
  const open = async (subject: JsonObject, { principal }: Identified): Promise<OpenedSession> => {
    const nowMs = clock.now();
    const id = randomBytes(ID_BYTES).toString('base64url');
    const expiresAtMs = nowMs + ttlMs;
    await repository.sweep(nowMs);
    await repository.insert({ hash: toHash(id), createdAtMs: nowMs, expiresAtMs, subject }, MOST_SESSIONS);
    return { id, principal, expiresAtMs, ttlMs };
  };
  const find: Sessions['find'] = async (id, caller) => {
    const record = ID.test(id) ? await repository.find(toHash(id), clock.now()) : undefined;
    if (!record) throw over();
    const identified = identify(record.subject);
    deps.assertPlace(identified, caller);
    return { principal: identified.principal, expiresAtMs: record.expiresAtMs };
  };
  return {
    openByKey: async (caller) => open(...identifyKey(caller, deps)),
    async openFor(person) {
      const identified = index.admitPerson(person);
      const { tenant, user } = identified.principal;
      const whose = { tenant, ...(user !== undefined && { user }) };
      return open({ person: { ...person }, whose, madeAt: index.madeAt(whose) ?? '' }, identified);
    },
    find,
    async authorize(id, caller, permission) {
      const { principal } = await find(id, caller);
      deps.assertAllowed(principal, permission);
      return principal;
    },
    async end(id) {
      if (ID.test(id)) await repository.remove(toHash(id));
    },
  };
}

/** Whose key somebody brings, and what is written down of it. */
function identifyKey(caller: Stranger, deps: SessionsDeps): [subject: JsonObject, identified: Identified] {
  const keyHash = hashKey(readCredential(caller.headers), deps.pepper);
  let identified: Identified;
  try {
    identified = deps.index.find(toKeyedHash(keyHash));
  } catch (cause) {
    throw deps.refusal(cause, caller);
  }
  deps.assertPlace(identified, caller);
  const { kind, role, bound } = identified.principal;
  if (kind !== 'admin' && (role === 'caller' || bound === 'caller')) throw roleless();
  return [{ keyHash }, identified];
}

/** What `open` writes down: a key, or somebody of whom a provider spoke, and the organisation and the user that this was. */
interface Subject {
  readonly keyHash?: string;
  readonly person?: Person;
  readonly whose?: Pick<Principal, 'tenant' | 'user'>;
  /** When these were made: those that are made later under the same ids are others. */
  readonly madeAt?: string;
}

/** Whom a session speaks for now. */
function createIdentifier({ index, providers }: SessionsDeps): (subject: Subject) => Identified {
  const origins = new Set(providers.map(originOf));
  return ({ keyHash = '', person, whose, madeAt }) => {
    if (!person) return index.find(toKeyedHash(keyHash));
    if (!whose || !origins.has(person.origin)) throw over();
    const identified = admitAgain(person, index);
    // A user who was deleted bounds nobody any more, and must not set free either.
    if (whose.user !== undefined && identified.principal.user !== whose.user) throw over();
    if (madeAt !== index.madeAt(whose)) throw over();
    return identified;
  };
}

function admitAgain(person: Person, index: SessionsDeps['index']): Identified {
  try {
    return index.admitPerson(person);
  } catch (cause) {
    throw isGatewayError(cause, 'route_not_allowed') ? over() : cause;
  }
}

function roleless(): GatewayError {
  return forbidden('The key calls models, and has no role to sign in with.');
}

function over(): GatewayError {
  return gatewayError('invalid_token', { message: 'The session is over. Sign in again.' });
}
