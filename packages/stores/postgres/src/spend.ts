import type { SpendRepository } from '@sluice/contract';
import { Turns, toSpendRow, toSums, untilAborted } from '@sluice/toolkit';
import type { SpendColumns } from '@sluice/toolkit';
import type { Postgres } from './connection.js';
import { groupsStatement, totalStatement } from './spend-sql.js';
import type { Statement } from './spend-sql.js';

/** Of the connections and of the server's processors, the rest is for those who do not add up. */
const MAX_READINGS = 2;
const MAX_WAITING = 16;
const RETRY_AFTER_MS = 5_000;
/** For a statement over many rows, and for a reader between two batches. */
const WITHIN_MS = 30_000;
const ROWS_AT_ONCE = 256;

/** Sums over the ledgers of all machines, worked out by the server. A reading that takes longer than half a minute fails. */
export function createPostgresSpend(database: Pick<Postgres, 'transaction'>): SpendRepository {
  const turns = new Turns({
    atOnce: MAX_READINGS,
    waiting: MAX_WAITING,
    message: 'Too many questions about spending at once.',
    retryAfterMs: RETRY_AFTER_MS,
  });
  const read = (statement: Statement, signal: AbortSignal, tenant: string | undefined) =>
    readInTurn({ database, turns, tenant }, statement, signal);
  return {
    async *rows(query, signal) {
      for await (const batch of read(groupsStatement(query), signal, query.tenant)) {
        yield batch.map((columns) => toSpendRow(columns, query.by));
      }
      return undefined;
    },
    async total(range, signal) {
      for await (const [columns = {}] of read(totalStatement(range), signal, range.tenant)) return toSums(columns);
      return toSums({});
    },
  };
}

type Batch = readonly SpendColumns[];

/** Batches go from the transaction that fetches them to whoever reads, one at a time and none before it is asked for. */
class Exchange {
  #wanted = Promise.withResolvers<void>();
  #given = Promise.withResolvers<Batch>();

  ask(): Promise<Batch> {
    this.#given = Promise.withResolvers();
    this.#wanted.resolve();
    return this.#given.promise;
  }

  wanted(): Promise<void> {
    return this.#wanted.promise;
  }

  give(batch: Batch): void {
    this.#wanted = Promise.withResolvers();
    this.#given.resolve(batch);
  }

  fail(cause: unknown): void {
    this.#given.reject(cause);
  }
}

interface Place {
  readonly database: Pick<Postgres, 'transaction'>;
  readonly turns: Turns;
  /** For each of which there is one place. */
  readonly tenant: string | undefined;
}

/** However many groups there are, a few are in memory. */
async function* readInTurn(
  { database, turns, tenant }: Place,
  statement: Statement,
  signal: AbortSignal,
): AsyncGenerator<Batch, undefined> {
  await turns.enter(signal, tenant);
  const exchange = new Exchange();
  const left = new AbortController();
  const gone = AbortSignal.any([signal, left.signal]);
  let isOver = false;
  try {
    const asked = exchange.ask();
    fetchBatches({ database, statement, exchange }, gone)
      .catch((cause: unknown) => exchange.fail(cause))
      .finally(() => turns.leave(tenant));
    for (let next = asked; ; next = exchange.ask()) {
      const batch = await untilAborted(next, signal);
      isOver = batch.length < ROWS_AT_ONCE;
      if (batch.length > 0) yield batch;
      if (isOver) return undefined;
    }
  } catch (cause) {
    signal.throwIfAborted();
    throw cause;
  } finally {
    if (!isOver) left.abort();
  }
}

interface Fetching {
  readonly database: Pick<Postgres, 'transaction'>;
  readonly statement: Statement;
  readonly exchange: Exchange;
}

async function fetchBatches({ database, statement, exchange }: Fetching, signal: AbortSignal): Promise<void> {
  await database.transaction(
    async (sql) => {
      await sql.query(`DECLARE spend NO SCROLL CURSOR FOR ${statement.sql}`, statement.parameters);
      for (;;) {
        await untilAborted(exchange.wanted(), signal);
        const batch = await sql.query<SpendColumns>(`FETCH ${ROWS_AT_ONCE} FROM spend`);
        exchange.give(batch);
        if (batch.length < ROWS_AT_ONCE) return;
      }
    },
    { withinMs: WITHIN_MS, signal },
  );
}
