import { timingSafeEqual } from 'node:crypto';
import { gatewayError } from '@sluice/contract';
import type { Clock, KeyRepository, Principal } from '@sluice/contract';
import { ADMIN, toPrincipal } from './principal.js';
import type { LimitProfiles } from './principal.js';

/** How often the repository is asked whether it changed: well under the second in which a revocation has to show. */
const CHECK_EVERY_MS = 200;
/** How long the index serves from memory while the repository fails. */
const MAX_AGE_MS = 60_000;

export interface KeyIndexOptions {
  readonly keys: KeyRepository;
  readonly clock: Clock;
  readonly profiles: LimitProfiles;
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

interface Entry {
  readonly hash: Buffer;
  readonly principal: Principal;
  readonly revoked: boolean;
  readonly expiresAtMs: number;
}

/** All keys in memory, by their keyed hash. */
export class KeyIndex {
  readonly #options: KeyIndexOptions;
  /** Compared in place of a key that does not exist, so that both cost the same. */
  readonly #nobody: Entry;
  #entries: ReadonlyMap<string, Entry> = new Map();
  #version: number | undefined;
  #checkedAtMs = 0;
  #confirmedAtMs = 0;
  #failure: unknown;

  /** Reads all keys. Throws what the repository throws. */
  constructor(options: KeyIndexOptions) {
    this.#options = options;
    this.#nobody = toEntry('A'.repeat(43), ADMIN);
    this.refresh();
  }

  /** The principal of a keyed hash. Throws a 401 of the table, or `storage_unavailable` when the keys are too old. */
  find({ text, bytes }: KeyedHash): Principal {
    this.#keepFresh();
    // Read for every key, so that an expired one costs no more than an unknown one.
    const nowMs = this.#options.clock.now();
    const entry = this.#entries.get(text) ?? this.#nobody;
    // An attacker cannot steer keyed hashes, so the look-up tells nothing; the last word still takes constant time.
    if (!timingSafeEqual(entry.hash, bytes)) throw gatewayError('invalid_api_key', UNKNOWN);
    if (entry.revoked) throw gatewayError('revoked_api_key', REVOKED);
    if (entry.expiresAtMs <= nowMs) throw gatewayError('expired_api_key', EXPIRED);
    return entry.principal;
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
    const { keys, profiles, adminHash } = this.#options;
    const entries = new Map<string, Entry>();
    for (const record of keys.list()) {
      const { hash, revokedAtMs, expiresAtMs } = record;
      entries.set(hash, toEntry(hash, toPrincipal(record, profiles), { revokedAtMs, expiresAtMs }));
    }
    if (adminHash !== undefined) entries.set(adminHash, toEntry(adminHash, ADMIN));
    return entries;
  }
}

const UNKNOWN = { message: 'The API key is not known here.' };
const REVOKED = { message: 'The API key was revoked.' };
const EXPIRED = { message: 'The API key has expired.' };

interface KeyTimes {
  readonly revokedAtMs?: number | undefined;
  readonly expiresAtMs?: number | undefined;
}

function toEntry(hash: string, principal: Principal, times: KeyTimes = {}): Entry {
  return {
    hash: Buffer.from(hash),
    principal,
    revoked: times.revokedAtMs !== undefined,
    expiresAtMs: times.expiresAtMs ?? Number.POSITIVE_INFINITY,
  };
}
