import type { JsonObject } from './models.js';
import type { BudgetTerms, LimitRules } from './admission.js';
import type { Role } from './identity.js';
import type { PriceRow } from './catalogue.js';
import type { LedgerIntent, LedgerSettlement } from './ports.js';

/** Bytes under a key, for a time. */
export interface KeyValueStore {
  get(key: string, signal: AbortSignal): Promise<Uint8Array | undefined>;
  set(key: string, entry: { value: Uint8Array; ttlMs: number }, signal: AbortSignal): Promise<void>;
  delete(key: string, signal: AbortSignal): Promise<void>;
}

/** An API key as stored: never the key itself. */
export interface KeyRecord {
  readonly id: string;
  readonly name: string;
  /** Keyed hash of the key, base64url. */
  readonly hash: string;
  /** Last four characters, to tell keys apart in a list. */
  readonly last4: string;
  readonly createdAtMs: number;
  readonly expiresAtMs?: number;
  readonly revokedAtMs?: number;
  /** Id of the organisation. */
  readonly tenant: string;
  readonly team?: string;
  readonly user?: string;
  readonly role: Role;
  readonly models?: readonly string[];
  /** As in a principal. */
  readonly routes?: readonly string[];
  readonly tools?: readonly string[];
  /** As in a principal. */
  readonly ips?: readonly string[];
  /** Secrets that were replaced and still open the gateway, each until its time. */
  readonly retiring?: readonly RetiringSecret[];
  readonly limits?: LimitRules;
  readonly profile?: string;
  /** The name of a budget, or one of its own. */
  readonly budget?: string | BudgetTerms;
  readonly metadata?: Readonly<Record<string, string>>;
}
/** A secret of a key that a rotation replaced. */
export interface RetiringSecret {
  readonly hash: string;
  readonly last4: string;
  readonly untilMs: number;
}
/** What a rotation gives a key, and how long what it had goes on. */
export interface Rotation {
  readonly hash: string;
  readonly last4: string;
  readonly atMs: number;
  readonly oldUntilMs: number;
}
export interface KeyRepository {
  insert(record: KeyRecord): void;
  /** The oldest first; of one organisation alone where it is given. */
  list(tenant?: string): readonly KeyRecord[];
  find(id: string): KeyRecord | undefined;
  /** False when there is no such key. A second call keeps the first time. */
  revoke(id: string, atMs: number): boolean;
  /** One atomic step. False when there is no such key, or it was revoked. */
  rotate(id: string, rotation: Rotation): boolean;
  /** Grows with every change made by any process, so that a reader knows when to read again. Cheap. */
  version(): number;
}

/** Something that operators set while the gateway runs; it wins over their file. */
export interface SettingRecord {
  /** What it is about: `cors`. */
  readonly kind: string;
  /** Which one of its kind. */
  readonly name: string;
  readonly value: JsonObject;
  readonly changedAtMs: number;
}
export interface SettingRepository {
  /** Replaces what has the same kind and name. */
  put(record: SettingRecord): void;
  find(kind: string, name: string): SettingRecord | undefined;
  /** All of one kind, by name; of all kinds where none is given. */
  list(kind?: string): readonly SettingRecord[];
  /** False when there was none. */
  delete(kind: string, name: string): boolean;
  /** Grows with every change made by any process, so that a reader knows when to read again. Cheap. */
  version(): number;
}

/** Changes what a request has cost that was settled before. Its settlement stays as it is. */
export interface LedgerAdjustment {
  /** Of the row, and how many there are of it: `ID#1`. */
  readonly id: string;
  readonly requestId: string;
  readonly madeAtMs: number;
  /** More, or less where negative, than all before it together. */
  readonly microUsd: number;
  /** By which the row costs what it costs from now on. */
  readonly prices: readonly PriceRow[];
}
/** One request: its intent, and its settlement once it has ended. */
export interface LedgerRow extends LedgerIntent {
  /** In the order in which they were made; absent where there are none. */
  readonly adjustments?: readonly (Omit<LedgerAdjustment, 'prices'> & { readonly priceVersion: string })[];
  readonly settlement?: LedgerSettlement & {
    /** Names the prices; the same ones have the same name. */
    readonly priceVersion?: string;
  };
}
/** Rows, newest first. */
export interface LedgerPage {
  readonly rows: readonly LedgerRow[];
  readonly nextCursor?: string;
}
/** Which rows a page has. */
export interface LedgerQuery {
  readonly sinceMs?: number;
  /** Rows of one organisation alone. */
  readonly tenant?: string;
  readonly limit: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
}
/** Which rows are gone through, from the oldest to the newest. */
export interface SettledQuery {
  readonly sinceMs: number;
  /** Leaves out what began then or later. */
  readonly untilMs: number;
  /** Only rows with a greater id. */
  readonly after: string;
  /** Only rows with a lesser one. */
  readonly before?: string;
  readonly limit: number;
}
/** Append-only rows. One transaction for each call of `append`. */
export interface LedgerRepository {
  /**
   * All or nothing. A second intent or settlement with the same id is ignored. Throws `storage_unavailable`, with
   * `retryAfterMs` where somebody else holds the store for a moment.
   */
  append(batch: { readonly intents: readonly LedgerIntent[]; readonly settlements: readonly LedgerSettlement[] }): void;
  /** Newest first. */
  page(query: LedgerQuery): LedgerPage;
  find(id: string): LedgerRow | undefined;
  /** Rows that have ended. */
  settled(query: SettledQuery): readonly LedgerRow[];
  /**
   * All or nothing. One whose id is there is ignored; returns the others. Throws `storage_unavailable`, with `retryAfterMs`
   * where somebody else holds the store for a moment.
   */
  adjust(adjustments: readonly LedgerAdjustment[]): readonly LedgerAdjustment[];
  /** Open intents that nobody will settle, at most `limit`: those whose process has ended. Of one that lives, none. */
  orphans(limit: number): readonly LedgerIntent[];
}

/** Rows of the ledger on their way, each kind as a JSON array of objects by the names of its columns. */
export interface LedgerParcel {
  /** How many rows there are in it. */
  readonly rows: number;
  readonly intents: string;
  readonly settlements: string;
  readonly prices: string;
  readonly adjustments: string;
}
/** What of a machine's ledger is yet to be sent on. Of several processes with one ledger, one sends. */
export interface LedgerOutbox {
  /** The oldest rows, at most `limit`, in the order of their commits; nothing where none waits, or another process sends. */
  next(limit: number): LedgerParcel | undefined;
  /** The last parcel has arrived. */
  sent(): void;
  /** The last parcel is never going to be taken: it is set aside, and stays in the ledger. */
  refused(): void;
  backlog(): LedgerBacklog;
  /** Deletes at most `limit` settled rows that began before and were sent on. Returns how many. */
  prune(beforeMs: number, limit: number): number;
}
/** How far the sending of rows is behind. */
export interface LedgerBacklog {
  /** About how many rows wait. */
  readonly rows: number;
  /** When the oldest of them was made; absent where none waits. */
  readonly oldestMs?: number;
  /** Rows that were set aside. */
  readonly refused: number;
}
/** The ledgers of many machines in one place. Every method rejects with `storage_unavailable`. */
export interface LedgerArchive {
  /** All or nothing. What has arrived before is passed over. */
  take(parcel: LedgerParcel): Promise<void>;
  /** Newest first. */
  page(query: LedgerQuery): Promise<LedgerPage>;
  find(id: string): Promise<LedgerRow | undefined>;
}

/** An answer that its caller may come back to. */
export interface ResponseRecord {
  readonly id: string;
  readonly tenant: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** Who answered, and knows the answer by this id; empty where nobody does. */
  readonly provider: string;
  /** Everything that was said before the answer, earlier turns included. */
  readonly input: readonly JsonObject[];
  /** The answer as the caller got it. */
  readonly response: JsonObject;
}
/** Nothing of one tenant is ever found by another. */
export interface ResponseRepository {
  /** Replaces what has the same id. */
  put(record: ResponseRecord): void;
  /** Nothing for what has expired. */
  find(tenant: string, id: string, nowMs: number): ResponseRecord | undefined;
  /** False when there was none. */
  delete(tenant: string, id: string): boolean;
  /** Deletes what has expired. */
  sweep(nowMs: number): void;
}
