import type { SpendRepository, SpendValue } from '@sluice/contract';
import { createSpendRepository, untilAborted } from '@sluice/toolkit';
import type { SpendColumns, SpendDialect, SpendReading, SpendStatement } from '@sluice/toolkit';
import type { Postgres } from './connection.js';

/** Of the connections and of the server's processors, the rest is for those who do not add up. */
const MAX_READINGS = 2;
/** For a statement over many rows, and for a reader between two batches. */
const WITHIN_MS = 30_000;
const ROWS_AT_ONCE = 256;

const DIALECT: SpendDialect = {
  from: 'sluice.ledger_intents i JOIN sluice.ledger_settlements s ON s.id = i.id AND s.machine = i.machine',
  joinTags: 'LEFT JOIN LATERAL jsonb_array_elements_text(i.tags) t(value) ON true',
  /** Next to no attempt has a cost of its own. */
  abandoned: `CASE WHEN jsonb_path_exists(s.attempts, '$[*].costMicroUsd')
    THEN (SELECT sum((a ->> 'costMicroUsd')::numeric) FROM jsonb_array_elements(s.attempts) a) END`,
  adjusted: `(SELECT sum(b.micro_usd) FROM sluice.ledger_adjustments b
    WHERE b.request_id = s.id AND b.machine = s.machine)`,
  bound: (count) => `$${count}`,
  hasTag: (bound) => `i.tags @> to_jsonb(${bound}::text)`,
  /** Whatever the collation of the database is. */
  text: (sql) => `${sql} COLLATE "C"`,
};

/** Sums over the ledgers of all machines, worked out by the server. A reading that takes longer than half a minute fails. */
export function createPostgresSpend(database: Pick<Postgres, 'transaction'>): SpendRepository {
  return createSpendRepository({
    dialect: DIALECT,
    atOnce: MAX_READINGS,
    read: (statement, reading) => readBatches(database, statement, reading),
  });
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

/** However many groups there are, a few are in memory. */
async function* readBatches(
  database: Pick<Postgres, 'transaction'>,
  statement: SpendStatement,
  { signal, leave }: SpendReading,
): AsyncGenerator<Batch, undefined> {
  const exchange = new Exchange();
  const left = new AbortController();
  const gone = AbortSignal.any([signal, left.signal]);
  let isOver = false;
  try {
    const asked = exchange.ask();
    fetchBatches({ database, statement, exchange }, gone)
      .catch((cause: unknown) => exchange.fail(cause))
      .finally(leave);
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
  readonly statement: SpendStatement;
  readonly exchange: Exchange;
}

async function fetchBatches({ database, statement, exchange }: Fetching, signal: AbortSignal): Promise<void> {
  await database.transaction(
    async (sql) => {
      await sql.query(`DECLARE spend NO SCROLL CURSOR FOR ${statement.sql}`, statement.parameters.map(withoutNul));
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

/** PostgreSQL's text has no NUL; in the rows U+FFFD has its place. */
function withoutNul(value: SpendValue): SpendValue {
  return typeof value === 'string' ? value.replaceAll('\u0000', '\ufffd') : value;
}
