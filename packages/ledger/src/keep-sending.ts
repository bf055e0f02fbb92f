import { toGatewayError } from '@sluice/contract';
import type { Backoff, BackoffStep, Cancel, Clock, LedgerArchive, LedgerOutbox } from '@sluice/contract';
import { Patience } from '@sluice/toolkit';

export interface SendingDeps {
  readonly outbox: LedgerOutbox;
  readonly archive: Pick<LedgerArchive, 'take'>;
  readonly clock: Clock;
  /** How long to wait before each further try while the archive fails. */
  readonly backoff: Backoff;
  /** Whether an error says that the archive refuses these rows, rather than that it fails. */
  readonly isRefusal: (cause: unknown) => boolean;
  /** How long rows stay that were sent; absent for good. */
  readonly keepSentMs?: () => number | undefined;
  /** Told once when the archive begins to fail, and when it takes rows again. */
  readonly onFailing: (cause: unknown) => void;
  readonly onWorking: (failedForMs: number) => void;
  /** Told of rows that were set aside, and of what failed on this machine. */
  readonly onError: (cause: unknown) => void;
}

export interface Sending {
  /** Since when nothing has arrived, by the monotonic clock; absent while all is well. */
  readonly failingSinceMs: number | undefined;
  /** Resolves once nothing waits any more, or sending fails, or `withinMs` are over. Never rejects. */
  flush(withinMs: number): Promise<void>;
  /** Sends what waits, as `flush` does, and nothing more. */
  stop(withinMs: number): Promise<void>;
}

/** Rows of one parcel: about a millisecond of this process's time. */
const MAX_ROWS = 256;
/** How soon rows are looked for that were written since. */
const LOOK_EVERY_MS = 250;
/** What was sent and is old is deleted so often, so many rows at a time. */
const PRUNE_EVERY_MS = 1_000;
const PRUNE_ROWS = 256;

/**
 * Sends the ledger on, one parcel at a time, each until it has arrived: at least once, and what arrives twice is one row. An
 * archive that is away, frozen or slow keeps rows waiting and nobody else. Parcels become smaller where large ones fail.
 */
export function keepSending(deps: SendingDeps): Sending {
  return new Sender(deps);
}

class Sender implements Sending {
  readonly #deps: SendingDeps;
  #maxRows = MAX_ROWS;
  #wait: BackoffStep | undefined;
  #cancel: Cancel = () => undefined;
  #failingSinceMs: number | undefined;
  #round: Promise<void> | undefined;
  #stopped = false;
  readonly #patience: Patience;
  /** The outbox is another process's for a moment. */
  #heldForMs: number | undefined;
  #prunedMs = Number.NEGATIVE_INFINITY;

  constructor(deps: SendingDeps) {
    this.#deps = deps;
    this.#lookAfter(0);
    this.#patience = new Patience(deps.clock);
  }

  get failingSinceMs(): number | undefined {
    return this.#failingSinceMs;
  }

  async flush(withinMs: number): Promise<void> {
    const late = Promise.withResolvers<void>();
    const cancel = this.#deps.clock.after(withinMs, late.resolve);
    await Promise.race([this.#run(), late.promise]);
    cancel();
  }

  async stop(withinMs: number): Promise<void> {
    await this.flush(withinMs);
    this.#stopped = true;
    this.#cancel();
  }

  #lookAfter(ms: number): void {
    if (!this.#stopped) this.#cancel = this.#deps.clock.after(ms, () => void this.#run());
  }

  /** One round at a time; who wants another one while it is under way waits for it. */
  #run(): Promise<void> {
    this.#cancel();
    return (this.#round ??= this.#sendAll());
  }

  /** Until nothing waits, or it fails. */
  async #sendAll(): Promise<void> {
    try {
      let goesOn = true;
      while (goesOn && !this.#stopped) goesOn = await this.#sendOne();
      this.#prune();
    } catch (cause) {
      this.#deps.onError(cause);
    } finally {
      this.#round = undefined;
      this.#lookAfter(this.#heldForMs ?? this.#wait?.delayMs ?? LOOK_EVERY_MS);
      this.#heldForMs = undefined;
    }
  }

  /** False where nothing waits, or nothing can be sent now. */
  async #sendOne(): Promise<boolean> {
    try {
      const parcel = this.#deps.outbox.next(this.#maxRows);
      if (!parcel) return false;
      await this.#deps.archive.take(parcel);
      this.#deps.outbox.sent();
      this.#arrived();
      return true;
    } catch (cause) {
      const failure = toGatewayError(cause);
      if (!this.#patience.has(failure)) return this.#failed(cause);
      this.#heldForMs = failure.details.retryAfterMs;
      return false;
    }
  }

  #arrived(): void {
    this.#patience.renew();
    const since = this.#failingSinceMs;
    this.#failingSinceMs = undefined;
    this.#wait = undefined;
    if (this.#maxRows < MAX_ROWS) this.#maxRows *= 2;
    if (since !== undefined) this.#deps.onWorking(this.#deps.clock.monotonic() - since);
  }

  /** True where smaller parcels are tried at once: it is the rows that are refused. */
  #failed(cause: unknown): boolean {
    const { outbox, isRefusal, clock, backoff, onFailing, onError } = this.#deps;
    const refused = isRefusal(cause);
    const alone = this.#maxRows === 1;
    if (!alone) this.#maxRows = Math.ceil(this.#maxRows / 2);
    if (refused && !alone) return true;
    if (refused) {
      onError(cause);
      outbox.refused();
      return true;
    }
    if (this.#failingSinceMs === undefined) onFailing(cause);
    this.#failingSinceMs ??= clock.monotonic();
    this.#wait = this.#wait?.next() ?? backoff();
    return false;
  }

  #prune(): void {
    const { clock, keepSentMs, outbox } = this.#deps;
    const keepMs = keepSentMs?.();
    if (keepMs === undefined || this.#failingSinceMs !== undefined) return;
    if (clock.monotonic() - this.#prunedMs < PRUNE_EVERY_MS) return;
    this.#prunedMs = clock.monotonic();
    outbox.prune(clock.now() - keepMs, PRUNE_ROWS);
  }
}
