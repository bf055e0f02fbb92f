import { gatewayError } from '@sluice/contract';
import type { SpendRepository } from '@sluice/contract';
import { Turns, toSpendRow, toSums } from '@sluice/toolkit';
import type { SpendColumns } from '@sluice/toolkit';
import { guarded } from './failure.js';
import { groupsStatement, totalStatement } from './spend-sql.js';
import type { Statement } from './spend-sql.js';
import { SpendThread } from './spend-thread.js';

/** A reading may take a whole processor for seconds. */
const MAX_THREADS = 2;
const MAX_WAITING = 16;
const RETRY_AFTER_MS = 5_000;

/** Sums over the ledger of a migrated database, read by threads through connections of their own. */
export class SqliteSpend implements SpendRepository {
  readonly #path: string;
  readonly #threads = new Set<SpendThread>();
  readonly #turns = new Turns({
    atOnce: MAX_THREADS,
    waiting: MAX_WAITING,
    message: 'Too many questions about spending at once.',
    retryAfterMs: RETRY_AFTER_MS,
  });
  #isClosed = false;

  constructor(path: string) {
    this.#path = path;
  }

  async *rows(...[query, signal]: Parameters<SpendRepository['rows']>): ReturnType<SpendRepository['rows']> {
    for await (const batch of this.#run(groupsStatement(query), signal, query.tenant)) {
      yield batch.map((columns) => toSpendRow(columns, query.by));
    }
    return undefined;
  }

  async total(...[range, signal]: Parameters<SpendRepository['total']>): ReturnType<SpendRepository['total']> {
    for await (const [columns = {}] of this.#run(totalStatement(range), signal, range.tenant)) return toSums(columns);
    return toSums({});
  }

  /** Ends what still reads. */
  close(): void {
    this.#isClosed = true;
    for (const thread of this.#threads) thread.stop();
  }

  async *#run(
    statement: Statement,
    signal: AbortSignal,
    tenant: string | undefined,
  ): AsyncGenerator<readonly SpendColumns[], undefined> {
    await this.#turns.enter(signal, tenant);
    const thread = this.#start(statement, tenant);
    const stop = (): void => thread.stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      for (;;) {
        const rows = await thread.next(signal);
        if (rows.length === 0) return undefined;
        yield rows;
      }
    } finally {
      signal.removeEventListener('abort', stop);
      // Its place is free once it has really ended: nobody starts more than there are by giving up.
      thread.stop();
    }
  }

  /** Gives the place of its caller back when the thread has ended, or cannot begin. */
  #start(statement: Statement, tenant: string | undefined): SpendThread {
    try {
      if (this.#isClosed) throw gatewayError('storage_unavailable', { message: 'The database is closed.' });
      const thread = guarded(() => new SpendThread({ ...statement, path: this.#path }));
      this.#threads.add(thread);
      void thread.ended.then(() => {
        this.#threads.delete(thread);
        this.#turns.leave(tenant);
      });
      return thread;
    } catch (cause) {
      this.#turns.leave(tenant);
      throw cause;
    }
  }
}
