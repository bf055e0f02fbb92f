import { gatewayError } from '@sluice/contract';
import type { SpendRepository } from '@sluice/contract';
import { createSpendRepository } from '@sluice/toolkit';
import type { SpendColumns, SpendDialect, SpendReading, SpendStatement } from '@sluice/toolkit';
import { guarded } from './failure.js';
import { SpendThread } from './spend-thread.js';

/** A reading may take a whole processor for seconds. */
const MAX_THREADS = 2;

const DIALECT: SpendDialect = {
  from: 'ledger_intents i JOIN ledger_settlements s ON s.id = i.id',
  joinTags: 'LEFT JOIN json_each(i.tags) t',
  /** Attempts are text, and next to none of them has a cost of its own. */
  abandoned: `CASE WHEN instr(s.attempts, '"costMicroUsd"') > 0
    THEN (SELECT sum(a.value ->> 'costMicroUsd') FROM json_each(s.attempts) a) END`,
  adjusted: '(SELECT sum(b.micro_usd) FROM ledger_adjustments b WHERE b.request_id = s.id)',
  bound: () => '?',
  hasTag: (bound) => `EXISTS (SELECT 1 FROM json_each(i.tags) WHERE value = ${bound})`,
  text: (sql) => sql,
};

export interface SqliteSpend extends SpendRepository {
  /** Ends what still reads. */
  close(): void;
}

/** Sums over the ledger of a migrated database, read by threads through connections of their own. */
export function createSqliteSpend(path: string): SqliteSpend {
  const threads = new SpendThreads(path);
  const repository = createSpendRepository({
    dialect: DIALECT,
    atOnce: MAX_THREADS,
    read: (statement, reading) => threads.read(statement, reading),
  });
  return { ...repository, close: () => threads.close() };
}

class SpendThreads {
  readonly #path: string;
  readonly #threads = new Set<SpendThread>();
  #isClosed = false;

  constructor(path: string) {
    this.#path = path;
  }

  close(): void {
    this.#isClosed = true;
    for (const thread of this.#threads) thread.stop();
  }

  async *read(
    statement: SpendStatement,
    { signal, leave }: SpendReading,
  ): AsyncGenerator<readonly SpendColumns[], undefined> {
    const thread = this.#start(statement, leave);
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
  #start(statement: SpendStatement, leave: () => void): SpendThread {
    try {
      if (this.#isClosed) throw gatewayError('storage_unavailable', { message: 'The database is closed.' });
      const thread = guarded(() => new SpendThread({ ...statement, path: this.#path }));
      this.#threads.add(thread);
      void thread.ended.then(() => {
        this.#threads.delete(thread);
        leave();
      });
      return thread;
    } catch (cause) {
      leave();
      throw cause;
    }
  }
}
