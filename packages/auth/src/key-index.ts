import { timingSafeEqual } from 'node:crypto';
import type { BlockList } from 'node:net';
import { gatewayError } from '@sluice/contract';
import type { Clock, KeyRepository, Principal, TenancyRepository } from '@sluice/contract';
import { toBlockList } from './key-rights.js';
import { Owners } from './owners.js';
import { unmapped } from './oidc/person.js';
import type { Person } from './oidc/person.js';
import { ADMIN, toPrincipal, toTokenPrincipal } from './principal.js';
import type { LimitProfiles } from './principal.js';
import type { TokenClaims } from './token-claims.js';

/** How often the repository is asked whether it changed: well under the second in which a revocation has to show. */
const CHECK_EVERY_MS = 200;
/** How long the index serves from memory while the repository fails. */
const MAX_AGE_MS = 60_000;

export interface KeyIndexOptions {
  readonly keys: KeyRepository;
  readonly tenancy: TenancyRepository;
  readonly clock: Clock;
  readonly profiles: LimitProfiles;
  /**
   * Whether a user that names no issuer gives its role to whoever has its subject. Not where several providers could name it: the
   * same subject of another one is somebody else.
   */
  readonly doSubjectsGiveRoles: boolean;
  /** Keyed hash of the admin key, if there is one. */
  readonly adminHash?: string;
}

/** A keyed hash as it is found by, and as it is compared by. */
export interface KeyedHash {
  readonly text: string;
  readonly bytes: Buffer;
}

export function toKeyedHash(text: string): KeyedHash {
  return { text, bytes: Buffer.from(text) };
}

/** Who it is, and from where it may come. */
export interface Identified {
  readonly principal: Principal;
  /** Absent: from everywhere. */
  readonly from?: BlockList;
}

/** A token that was verified, and who that was when the keys were last read. */
export interface KnownToken {
  readonly claims: TokenClaims;
  identified?: Identified;
  version?: number | undefined;
}

interface Entry extends Identified {
  readonly hash: Buffer;
  /** By itself, or by what became of whom it belongs to. */
  readonly revoked: boolean;
  readonly expiresAtMs: number;
}

/** All keys in memory, by their keyed hash. */
export class KeyIndex {
  readonly #options: KeyIndexOptions;
  /** Compared in place of a key that does not exist, so that both cost the same. */
  readonly #nobody: Entry;
  #entries: ReadonlyMap<string, Entry> = new Map();
  #owners: Owners | undefined;
  #version: number | undefined;
  #checkedAtMs = 0;
  #confirmedAtMs = 0;
  #failure: unknown;

  /** Reads all keys. Throws what the repository throws. */
  constructor(options: KeyIndexOptions) {
    this.#options = options;
    this.#nobody = toEntry('A'.repeat(43));
    this.refresh();
  }

  /** Whose a keyed hash is. Throws a 401 of the table, or `storage_unavailable` when the keys are too old. */
  find({ text, bytes }: KeyedHash): Identified {
    this.#keepFresh();
    // Read for every key, so that an expired one costs no more than an unknown one.
    const nowMs = this.#options.clock.now();
    const entry = this.#entries.get(text) ?? this.#nobody;
    // An attacker cannot steer keyed hashes, so the look-up tells nothing; the last word still takes constant time.
    if (!timingSafeEqual(entry.hash, bytes)) throw gatewayError('invalid_api_key', UNKNOWN);
    if (entry.revoked) throw gatewayError('revoked_api_key', REVOKED);
    if (entry.expiresAtMs <= nowMs) throw gatewayError('expired_api_key', EXPIRED);
    return entry;
  }

  /** Whom a token speaks for that was verified. Throws `invalid_token` for somebody who is disabled. */
  admit(token: KnownToken): Identified {
    this.#keepFresh();
    if (token.version === this.#version && token.identified) return token.identified;
    const principal = toTokenPrincipal(token.claims, this.#owners, this.#options.profiles);
    token.identified = { principal };
    token.version = this.#version;
    return token.identified;
  }

  /**
   * Whom a session speaks for. Throws `invalid_token` for somebody who is disabled, `route_not_allowed` without a role, or for an
   * organisation that is not there.
   */
  admitPerson(person: Person): Identified {
    this.#keepFresh();
    const { issuer, subject, tenant } = person;
    const user = this.#owners?.userOf(tenant, subject, issuer);
    const isMeant = this.#options.doSubjectsGiveRoles || user?.issuer !== undefined;
    const role = person.role ?? (isMeant ? user?.role : undefined);
    if (role === undefined || !this.#owners?.hasOrg(tenant)) throw unmapped();
    const claims = { ...person, role, expiresAtMs: Number.POSITIVE_INFINITY };
    return { principal: toTokenPrincipal(claims, this.#owners, this.#options.profiles) };
  }

  /** What tells an organisation, or a user, from one that is made under the same id after it was deleted. */
  madeAt(whose: Pick<Principal, 'tenant' | 'user'>): string | undefined {
    return this.#owners?.madeAt(whose);
  }

  /** Reads the keys now, whether or not a check is due. */
  refresh(): void {
    const { keys, clock } = this.#options;
    // The version first: a change between the two reads shows as a newer version at the next check.
    const version = keys.version();
    if (version !== this.#version) this.#entries = this.#readEntries();
    this.#version = version;
    this.#checkedAtMs = this.#confirmedAtMs = clock.monotonic();
  }

  #keepFresh(): void {
    const nowMs = this.#options.clock.monotonic();
    if (nowMs - this.#checkedAtMs >= CHECK_EVERY_MS) this.#check(nowMs);
    if (nowMs - this.#confirmedAtMs <= MAX_AGE_MS) return;
    throw gatewayError('storage_unavailable', { message: 'The keys cannot be read.', cause: this.#failure });
  }

  #check(nowMs: number): void {
    this.#checkedAtMs = nowMs;
    try {
      this.refresh();
    } catch (error) {
      this.#failure = error;
    }
  }

  #readEntries(): ReadonlyMap<string, Entry> {
    const { keys, tenancy, profiles, adminHash } = this.#options;
    const entries = new Map<string, Entry>();
    const owners = new Owners(tenancy);
    this.#owners = owners;
    for (const record of keys.list()) {
      const { hash, retiring = [], expiresAtMs = Number.POSITIVE_INFINITY } = record;
      const identified = {
        principal: toPrincipal(record, profiles, owners.roleOf(record)),
        ...(record.ips && { from: toBlockList(record.ips) }),
        revoked: record.revokedAtMs !== undefined || owners.areDisabled(record),
      };
      entries.set(hash, { ...identified, hash: Buffer.from(hash), expiresAtMs });
      for (const { hash: old, untilMs } of retiring) {
        entries.set(old, { ...identified, hash: Buffer.from(old), expiresAtMs: Math.min(expiresAtMs, untilMs) });
      }
    }
    if (adminHash !== undefined) entries.set(adminHash, toEntry(adminHash));
    return entries;
  }
}

const UNKNOWN = { message: 'The API key is not known here.' };
const REVOKED = { message: 'The API key was revoked, or whom it belongs to is disabled.' };
const EXPIRED = { message: 'The API key has expired.' };

function toEntry(hash: string): Entry {
  return { hash: Buffer.from(hash), principal: ADMIN, revoked: false, expiresAtMs: Number.POSITIVE_INFINITY };
}
