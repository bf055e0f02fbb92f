import { gatewayError, isGatewayError } from '@sluice/contract';
import type { Clock, GatewayError, Ledger, LedgerIntent, LedgerRepository, LedgerSettlement } from '@sluice/contract';
import { Patience } from '@sluice/toolkit';
import { createBacklog } from './backlog.js';

export interface LedgerDeps {
  readonly repository: Pick<LedgerRepository, 'append'>;
  readonly clock: Clock;
  /**
   * Told when settlements could not be written (they are kept) and when one was lost. A failed intent is not reported
   * here: whoever opened it learns of it.
   */
  readonly onError: (error: GatewayError) => void;
  /** Calls once the event loop has taken in what is ready. Default `setImmediate`. */
  readonly schedule?: (run: () => void) => void;
  /** Waits before a flush asks a held store again, and keeps the process alive meanwhile. Default: a turn of `schedule`. */
  readonly wait?: (ms: number) => Promise<void>;
}

export interface ObservedLedger extends Ledger {
  /** Settlements in memory that the store has not taken. */
  readonly unwritten: number;
  /** Whether the store failed the last time that something was written. */
  readonly isFailing: boolean;
}

/** A commit so recently is a sign of load. Then intents had better share: a commit costs as much as several rows. */
const BUSY_MS = 1;
/** Turns of the event loop that intents wait for others under load. One that brings nobody costs less than a commit. */
const TURNS = 4;
/** How long a settlement waits for others to share a transaction with: what a process that is killed has not written of its answers. */
const SETTLE_WITHIN_MS = 5;
/** The pause before settlements that could not be written are tried again. */
const RETRY_AFTER_MS = 250;
/** Settlements in one transaction, so that a long backlog does not hold the event loop. */
const MAX_SETTLEMENTS = 512;
/** So many rows refused in a row are a sign that the store has failed, not the rows. */
const MAX_REFUSED = 8;
/** Settlements kept in memory while the store fails. */
const MAX_BACKLOG = 10_000;

/** Intents that will be committed together: they share one fate, so they share one promise. */
interface Batch {
  readonly intents: LedgerIntent[];
  readonly committed: PromiseWithResolvers<void>;
}

/**
 * A ledger that commits in groups: whatever was opened in one turn of the event loop, or under load in a few, is
 * one transaction; whatever was settled within 5 ms is another. The repository stays the caller's; call `flush`
 * before closing it. `flush` rejects with `storage_unavailable` when rows could not be written. A store that another process
 * holds is asked again for up to 2 s, while the event loop goes on.
 */
export function createLedger(deps: LedgerDeps): ObservedLedger {
  return new GroupCommit(deps);
}

class GroupCommit implements ObservedLedger {
  readonly #repository: Pick<LedgerRepository, 'append'>;
  readonly #clock: Clock;
  readonly #onError: (error: GatewayError) => void;
  readonly #schedule: (run: () => void) => void;
  readonly #wait: (ms: number) => Promise<void>;
  readonly #patience: Patience;
  readonly #settlements = createBacklog<LedgerSettlement>(MAX_BACKLOG);
  #batch: Batch | undefined;
  #timerSet = false;
  #isFailing = false;
  #committedMs = Number.NEGATIVE_INFINITY;

  constructor({ repository, clock, onError, schedule = (run) => void setImmediate(run), wait }: LedgerDeps) {
    this.#repository = repository;
    this.#clock = clock;
    this.#onError = onError;
    this.#schedule = schedule;
    this.#wait = wait ?? (() => new Promise((resolve) => schedule(resolve)));
    this.#patience = new Patience(clock);
  }

  get unwritten(): number {
    return this.#settlements.size;
  }

  get isFailing(): boolean {
    return this.#isFailing;
  }

  open(intent: LedgerIntent): Promise<void> {
    const batch = (this.#batch ??= this.#startBatch());
    batch.intents.push(intent);
    return batch.committed.promise;
  }

  settle(settlement: LedgerSettlement): void {
    const lost = this.#settlements.push(settlement);
    if (lost) this.#onError(lostSettlement(lost, `${MAX_BACKLOG} others wait for the store`));
    this.#setTimer(SETTLE_WITHIN_MS);
  }

  async flush(): Promise<void> {
    for (let failure = this.#writeAll(); failure; failure = this.#writeAll()) {
      if (!this.#patience.has(failure)) throw failure;
      await this.#wait(failure.details.retryAfterMs ?? 0);
    }
  }

  #writeAll(): GatewayError | undefined {
    let failure = this.#batch && this.#commit(this.#batch);
    while (!failure && this.#settlements.size > 0) failure = this.#writeSettlements();
    return failure;
  }

  /** A quiet ledger commits with the turn of the loop; right after a commit, the next one lets others catch up. */
  #startBatch(): Batch {
    const isBusy = this.#clock.monotonic() - this.#committedMs < BUSY_MS;
    const batch: Batch = { intents: [], committed: Promise.withResolvers() };
    this.#schedule(isBusy ? () => this.#waitForMore(batch, TURNS - 1) : this.#commitBatch);
    return batch;
  }

  #waitForMore(batch: Batch, turns: number): void {
    this.#schedule(() => {
      if (this.#batch === batch && turns > 1) this.#waitForMore(batch, turns - 1);
      else this.#commitBatch();
    });
  }

  readonly #commitBatch = (): void => {
    const failure = this.#batch && this.#commit(this.#batch);
    if (failure) this.#clock.after(failure.details.retryAfterMs ?? 0, this.#commitBatch);
  };

  /** Gives the failure for which the batch is to wait; those who come meanwhile join it. */
  #commit(batch: Batch): GatewayError | undefined {
    const failure = this.#append(batch.intents, []);
    if (failure && this.#patience.has(failure)) return failure;
    this.#batch = undefined;
    this.#committedMs = this.#clock.monotonic();
    if (failure) batch.committed.reject(failure);
    else batch.committed.resolve();
    return undefined;
  }

  /** Settlements never ride with intents: a broken one cannot fail them, and few transactions hold many of them. */
  readonly #commitSettlements = (): void => {
    this.#timerSet = false;
    if (this.#settlements.size === 0) return;
    const failure = this.#writeSettlements();
    if (failure) this.#setTimer(this.#isFailing ? RETRY_AFTER_MS : (failure.details.retryAfterMs ?? RETRY_AFTER_MS));
    else if (this.#settlements.size > 0) this.#commitRestSoon();
  };

  /** More came than one transaction takes: the rest goes as soon as the event loop has had its turn. */
  #commitRestSoon(): void {
    this.#timerSet = true;
    this.#schedule(this.#commitSettlements);
  }

  /** The oldest settlements in one transaction. Fails when none of them could be written; all are then kept. */
  #writeSettlements(): GatewayError | undefined {
    const rows = this.#settlements.peek(MAX_SETTLEMENTS);
    const failure = this.#append([], rows);
    if (failure && this.#patience.has(failure)) return failure;
    if (failure) {
      this.#onError(failure);
      return !isHeld(failure) && this.#writeSingly(rows) ? undefined : failure;
    }
    this.#settlements.drop(rows.length);
    return undefined;
  }

  /**
   * Each row in a transaction of its own, so that one which cannot be written does not hold up the others for good. It is
   * given up only when a row behind it was written and it is refused again: until then it may be the store that fails.
   * True when any row left the backlog.
   */
  #writeSingly(rows: readonly LedgerSettlement[]): boolean {
    if (rows.length === 1) return false;
    let done = 0;
    for (let at = 0; at < rows.length && at - done < MAX_REFUSED; at += 1) {
      const failure = this.#append([], rows.slice(at, at + 1));
      if (failure && isHeld(failure)) break;
      if (failure) continue;
      for (const refused of rows.slice(done, at)) this.#writeOrGiveUp(refused);
      done = at + 1;
    }
    this.#settlements.drop(done);
    return done > 0;
  }

  #writeOrGiveUp(row: LedgerSettlement): void {
    const failure = this.#append([], [row]);
    // It comes last then, and is tried again.
    if (failure && isHeld(failure)) this.#settlements.push(row);
    else if (failure) this.#onError(lostSettlement(row, 'the store refuses it', failure));
  }

  /** One transaction. */
  #append(intents: readonly LedgerIntent[], settlements: readonly LedgerSettlement[]): GatewayError | undefined {
    try {
      this.#repository.append({ intents, settlements });
      this.#isFailing = false;
      this.#patience.renew();
      return undefined;
    } catch (cause) {
      const failure = toStorageError(cause);
      this.#isFailing = !this.#patience.has(failure);
      return failure;
    }
  }

  #setTimer(ms: number): void {
    if (this.#timerSet) return;
    this.#timerSet = true;
    this.#clock.after(ms, this.#commitSettlements);
  }
}

/** It is no row that is at fault. */
function isHeld({ details }: GatewayError): boolean {
  return details.retryAfterMs !== undefined;
}

function toStorageError(cause: unknown): GatewayError {
  return isGatewayError(cause, 'storage_unavailable') ? cause : gatewayError('storage_unavailable', { cause });
}

function lostSettlement({ id }: LedgerSettlement, reason: string, cause?: GatewayError): GatewayError {
  return gatewayError('storage_unavailable', { message: `The settlement of ${id} was lost: ${reason}.`, cause });
}
