import { gatewayError, isGatewayError } from '@sluice/contract';
import type { Clock, GatewayError, Ledger, LedgerIntent, LedgerRepository, LedgerSettlement } from '@sluice/contract';
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
}

/** A commit so recently is a sign of load. Then intents had better share: a commit costs as much as several rows. */
const BUSY_MS = 1;
/** How long a settlement waits for others to share a transaction with. */
const SETTLE_WITHIN_MS = 20;
/** The pause before settlements that could not be written are tried again. */
const RETRY_AFTER_MS = 250;
/** Settlements in one transaction, so that a long backlog does not hold the event loop. */
const MAX_SETTLEMENTS = 512;
/** Settlements kept in memory while the store fails. */
const MAX_BACKLOG = 10_000;

/** Intents that will be committed together: they share one fate, so they share one promise. */
interface Batch {
  readonly intents: LedgerIntent[];
  readonly committed: PromiseWithResolvers<void>;
}

/**
 * A ledger that commits in groups: whatever was opened in one turn of the event loop, or under load in two, is
 * one transaction; whatever was settled within 20 ms is another. The repository stays the caller's; call `flush`
 * before closing it. `flush` rejects with `storage_unavailable` when rows could not be written.
 */
export function createLedger(deps: LedgerDeps): Ledger {
  return new GroupCommit(deps);
}

class GroupCommit implements Ledger {
  readonly #repository: Pick<LedgerRepository, 'append'>;
  readonly #clock: Clock;
  readonly #onError: (error: GatewayError) => void;
  readonly #schedule: (run: () => void) => void;
  readonly #settlements = createBacklog<LedgerSettlement>(MAX_BACKLOG);
  #batch: Batch | undefined;
  #timerSet = false;
  #committedMs = Number.NEGATIVE_INFINITY;

  constructor({ repository, clock, onError, schedule = (run) => void setImmediate(run) }: LedgerDeps) {
    this.#repository = repository;
    this.#clock = clock;
    this.#onError = onError;
    this.#schedule = schedule;
  }

  open(intent: LedgerIntent): Promise<void> {
    const batch = (this.#batch ??= this.#startBatch());
    batch.intents.push(intent);
    return batch.committed.promise;
  }

  settle(settlement: LedgerSettlement): void {
    const lost = this.#settlements.push(settlement);
    if (lost) this.#onError(lostSettlement(lost));
    this.#setTimer(SETTLE_WITHIN_MS);
  }

  async flush(): Promise<void> {
    this.#commitBatch();
    while (this.#settlements.size > 0) {
      const failure = this.#write([], this.#settlements.peek(MAX_SETTLEMENTS));
      if (failure) throw failure;
    }
  }

  /** A quiet ledger commits with the turn of the loop; right after a commit, the next one lets one more turn pass. */
  #startBatch(): Batch {
    const isBusy = this.#clock.monotonic() - this.#committedMs < BUSY_MS;
    this.#schedule(isBusy ? () => this.#schedule(this.#commitBatch) : this.#commitBatch);
    return { intents: [], committed: Promise.withResolvers() };
  }

  readonly #commitBatch = (): void => {
    const batch = this.#batch;
    if (!batch) return;
    this.#batch = undefined;
    const failure = this.#write(batch.intents, []);
    this.#committedMs = this.#clock.monotonic();
    if (failure) batch.committed.reject(failure);
    else batch.committed.resolve();
  };

  /** Settlements never ride with intents: a broken one cannot fail them, and few transactions hold many of them. */
  readonly #commitSettlements = (): void => {
    this.#timerSet = false;
    if (this.#settlements.size === 0) return;
    const failure = this.#write([], this.#settlements.peek(MAX_SETTLEMENTS));
    if (failure) this.#setTimer(RETRY_AFTER_MS);
    else if (this.#settlements.size > 0) this.#commitRestSoon();
  };

  /** More came than one transaction takes: the rest goes as soon as the event loop has had its turn. */
  #commitRestSoon(): void {
    this.#timerSet = true;
    this.#schedule(this.#commitSettlements);
  }

  /** One transaction. Settlements leave the backlog only once they are written. */
  #write(intents: readonly LedgerIntent[], settlements: readonly LedgerSettlement[]): GatewayError | undefined {
    try {
      this.#repository.append({ intents, settlements });
      this.#settlements.drop(settlements.length);
      return undefined;
    } catch (cause) {
      const failure = toStorageError(cause);
      if (settlements.length > 0) this.#onError(failure);
      return failure;
    }
  }

  #setTimer(ms: number): void {
    if (this.#timerSet) return;
    this.#timerSet = true;
    this.#clock.after(ms, this.#commitSettlements);
  }
}

function toStorageError(cause: unknown): GatewayError {
  return isGatewayError(cause, 'storage_unavailable') ? cause : gatewayError('storage_unavailable', { cause });
}

function lostSettlement({ id }: LedgerSettlement): GatewayError {
  return gatewayError('storage_unavailable', {
    message: `The settlement of ${id} was lost: ${MAX_BACKLOG} others wait for the store.`,
  });
}
