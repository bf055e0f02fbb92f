import type { DatabaseSync } from 'node:sqlite';
import { gatewayError, toGatewayError } from '@sluice/contract';
import type {
  Actual,
  Claim,
  ClaimState,
  Clock,
  GatewayError,
  LedgerIntent,
  RecordingCounterStore,
  ReserveResult,
} from '@sluice/contract';
import { Patience } from '@sluice/toolkit';
import { failureReason, guarded } from './failure.js';
import { CountOrders } from './count-orders.js';
import { CountTable } from './count-table.js';
import type { Counted, KeptCounts, Place } from './count-table.js';
import { Holds } from './holds.js';
import type { Holder } from './holds.js';
import { Reservations } from './reservations.js';
import type { Companion, SharedTransaction } from './shared-transaction.js';
import { transact } from './transact.js';

export interface SqliteCounterOptions {
  readonly clock: Clock;
  /** How long a reservation lives without being renewed. Default 30 s. */
  readonly leaseMs?: number;
  /** Calls once the event loop has taken in what is ready. Default `setImmediate`. */
  readonly schedule?: (run: () => void) => void;
}

/** What of the store it counts with. */
export interface CountersBase {
  readonly database: DatabaseSync;
  /** Of that connection. */
  readonly transaction: SharedTransaction;
  readonly holder: Holder;
}

const DEFAULT_LEASE_MS = 30_000;
/** A commit so recently is a sign of load. Then those who come had better share one: it costs more than what they want. */
const BUSY_MS = 1;
/** Turns of the event loop for which they wait for others under load, or until rows of the ledger are written. */
const TURNS = 4;
/** How long is waited for another process where nobody would ask again: at the end, */
const AT_LAST_MS = 2_000;
/** and for what was counted elsewhere. */
const KEEP_MS = 50;

/**
 * Counts in an open, migrated database: exact among all processes that hold it, and there after a restart. Whatever was
 * asked for in one turn of the event loop, or under load in a few, is one transaction, with the rows of the ledger that are
 * written meanwhile. Windows run on the wall clock, for they outlive the process. Rejects with `storage_unavailable` when the
 * database fails; one that another process holds is asked again for up to 2 s, while the event loop goes on.
 */
export class SqliteCounterStore implements RecordingCounterStore, Companion {
  readonly leaseMs: number;
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #schedule: (run: () => void) => void;
  readonly #counts: CountTable;
  readonly #transaction: SharedTransaction;
  readonly #reservations: Reservations;
  readonly #patience: Patience;
  readonly #busyTimeoutMs: number;
  readonly #orders = new CountOrders((id) => this.#reservations.remembers(id));
  /** The rows of what the transaction has reserved. */
  #opened: LedgerIntent[] = [];
  #committedMs = Number.NEGATIVE_INFINITY;
  /** Turns until what is asked for is committed, unless it goes with rows of the ledger before. */
  #turnsLeft = 0;
  #isScheduled = false;

  constructor(base: CountersBase, { clock, leaseMs = DEFAULT_LEASE_MS, schedule }: SqliteCounterOptions) {
    const { database, transaction, holder } = base;
    this.#database = database;
    this.#transaction = transaction;
    this.#clock = clock;
    this.leaseMs = leaseMs;
    this.#schedule = schedule ?? ((run) => void setImmediate(run));
    this.#patience = new Patience(clock);
    this.#busyTimeoutMs = Number(database.prepare('PRAGMA busy_timeout').get()?.['timeout']);
    this.#counts = new CountTable(database);
    this.#reservations = new Reservations(this.#counts, new Holds(database, holder), leaseMs);
    transaction.join(this);
  }

  reserve(id: string, claims: readonly Claim[], signal: AbortSignal): Promise<ReserveResult> {
    return this.#ask({ id, claims, row: undefined }, signal);
  }

  reserveAndOpen(row: LedgerIntent, claims: readonly Claim[], signal: AbortSignal): Promise<ReserveResult> {
    return this.#ask({ id: row.id, claims, row }, signal);
  }

  renew(ids: readonly string[]): Promise<void> {
    this.#startBatch();
    return this.#orders.add((nowMs) => {
      for (const id of ids) this.#reservations.renew(id, nowMs + this.leaseMs);
    });
  }

  settle(id: string, actual: Actual): Promise<void> {
    this.#startBatch();
    return this.#orders.add(() => this.#reservations.settle(id, actual), id);
  }

  cancel(id: string): Promise<void> {
    // What waits for another process to let go must not be in the way of those who still want something.
    this.#orders.giveUp(id);
    this.#startBatch();
    return this.#orders.add(() => this.#reservations.cancel(id));
  }

  /** What is counted now under a name in such windows, by scope, the most first. Throws `storage_unavailable`. */
  list(counted: Pick<Claim, 'name' | 'span' | 'windowMs'>): readonly Counted[] {
    return guarded(() => this.#counts.list(counted, this.#clock.now()));
  }

  /**
   * Sets counts that somebody else counts, and names the epoch of that one's which all that is kept belongs to from now on;
   * to be found again after a restart. Throws `storage_unavailable`.
   */
  keep(kept: KeptCounts): void {
    guarded(() => this.#waiting(KEEP_MS, () => transact(this.#database, () => this.#counts.keep(kept))));
  }

  /** All that is counted now under a name. Throws `storage_unavailable`. */
  recall(name: string): KeptCounts {
    return guarded(() => this.#counts.recall(name, this.#clock.now()));
  }

  /** Does at once what is asked for, or not at all. */
  flush(): void {
    const failure = this.#waiting(AT_LAST_MS, () => this.#commit());
    if (failure) this.#orders.end(failure);
  }

  write(intents: readonly LedgerIntent[]): readonly LedgerIntent[] {
    this.#opened = [];
    if (this.#orders.isDone && (intents.length === 0 || this.#reservations.isEmpty)) return this.#opened;
    const nowMs = this.#clock.now();
    this.#counts.begin(nowMs);
    this.#reservations.begin(nowMs);
    for (const { id } of intents) this.#reservations.record(id);
    this.#orders.run(nowMs);
    this.#reservations.write();
    this.#counts.write();
    return this.#opened;
  }

  ended(isCommitted: boolean): void {
    this.#reservations.ended(isCommitted);
    if (isCommitted) this.#opened = [];
    if (!isCommitted || this.#orders.isDone) return;
    this.#patience.renew();
    this.#committedMs = this.#clock.monotonic();
    this.#orders.end();
  }

  #ask(wish: Wish, signal: AbortSignal): Promise<ReserveResult> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    this.#startBatch();
    return this.#orders.ask((nowMs) => {
      // Whoever has left meanwhile must not hold anything.
      if (signal.aborted) throw signal.reason;
      return this.#reserve(wish, nowMs);
    }, wish.id);
  }

  #reserve(wish: Wish, nowMs: number): ReserveResult {
    const { id, claims, row } = wish;
    if (this.#reservations.has(id)) return this.#again(wish);
    const places = claims.map((claim) => this.#counts.find(claim));
    const refused = claims.find(({ amount, limit }, index) => (places[index] as Place).used + amount > limit);
    if (refused) return this.#refused(claims, refused);
    const isRecorded = row !== undefined;
    this.#reservations.insert({ id, expiresAtMs: nowMs + this.leaseMs, claims, places, isRecorded });
    if (row) this.#opened.push(row);
    return { ok: true, id, states: claims.map((claim, index) => this.#take(claim, places[index] as Place)) };
  }

  #take(claim: Claim, place: Place): ClaimState {
    this.#counts.add(place, claim.amount);
    const { used, resetMs } = claim.span === 'sliding' ? this.#counts.find(claim) : place;
    return toState(claim, { used: claim.span === 'sliding' ? used : used + claim.amount, resetMs });
  }

  /** To one that was granted before: it takes nothing more. */
  #again({ id, claims, row }: Wish): ReserveResult {
    if (row) {
      this.#reservations.record(id);
      this.#opened.push(row);
    }
    return { ok: true, id, states: claims.map((claim) => toState(claim, this.#counts.find(claim))) };
  }

  #refused(claims: readonly Claim[], refused: Claim): ReserveResult {
    const states = [refused, ...claims.filter((claim) => claim !== refused)].map((claim) => {
      const state = toState(claim, this.#counts.find(claim));
      if (claim.span !== 'sliding' || state.remaining >= claim.amount) return state;
      return { ...state, resetMs: this.#counts.roomInMs(claim) };
    });
    return { ok: false, states };
  }

  #startBatch(): void {
    if (!this.#orders.isEmpty) return;
    this.#turnsLeft = this.#clock.monotonic() - this.#committedMs < BUSY_MS ? TURNS : 1;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#schedule(this.#passTurn);
  }

  readonly #passTurn = (): void => {
    this.#turnsLeft -= 1;
    if (this.#turnsLeft > 0 && !this.#orders.isEmpty) this.#schedule(this.#passTurn);
    else this.#commitSoon();
  };

  /** For what cannot be asked again. */
  #waiting<T>(ms: number, work: () => T): T {
    if (!this.#database.isOpen) return work();
    this.#database.exec(`PRAGMA busy_timeout = ${ms}`);
    try {
      return work();
    } finally {
      this.#database.exec(`PRAGMA busy_timeout = ${this.#busyTimeoutMs}`);
    }
  }

  readonly #commitSoon = (): void => {
    const failure = this.#commit();
    this.#isScheduled = failure !== undefined;
    if (failure) this.#clock.after(failure.details.retryAfterMs ?? 0, this.#commitSoon);
  };

  /** Gives the failure for which all orders are to wait; those that come meanwhile join them. */
  #commit(): GatewayError | undefined {
    if (this.#orders.isDone) return undefined;
    try {
      guarded(() => this.#transact());
      return undefined;
    } catch (cause) {
      const failure = toGatewayError(cause);
      if (this.#patience.has(failure)) return failure;
      if (this.#refuseRows(failure)) return this.#commit();
      this.#orders.end(failure);
      return undefined;
    }
  }

  /** Where it may be a row that is at fault, who brought one is refused, and nobody else. False where nobody is left to be. */
  #refuseRows(failure: GatewayError): boolean {
    const rows = failureReason(failure.cause) === undefined ? this.#opened : [];
    this.#opened = [];
    for (const { id } of rows) this.#orders.giveUp(id, failure);
    return rows.length > 0;
  }

  #transact(): void {
    if (!this.#database.isOpen) throw gatewayError('storage_unavailable', { message: 'The database is closed.' });
    this.#transaction.run();
  }
}

interface Wish {
  readonly id: string;
  readonly claims: readonly Claim[];
  /** Written with what is reserved. */
  readonly row: LedgerIntent | undefined;
}

function toState(claim: Claim, { used, resetMs }: Pick<Place, 'used' | 'resetMs'>): ClaimState {
  return { claim, remaining: Math.max(0, claim.limit - used), resetMs };
}
