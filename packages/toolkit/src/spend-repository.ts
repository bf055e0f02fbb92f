import type { SpendRepository } from '@sluice/contract';
import { toSpendRow, toSums } from './spend-columns.js';
import type { SpendColumns } from './spend-columns.js';
import { groupsStatement, totalStatement } from './spend-sql.js';
import type { SpendDialect, SpendStatement } from './spend-sql.js';
import { Turns } from './turns.js';

/** A database that is asked for sums over a ledger. */
export interface SpendSource {
  readonly dialect: SpendDialect;
  /** How many statements it runs at one time. */
  readonly atOnce: number;
  /**
   * Rows, some at a time, none of them before they are asked for. Whoever leaves early ends the reading. Calls `leave` once,
   * when nothing is read any more, which may be after the last row or the failure has been told.
   */
  read(statement: SpendStatement, reading: SpendReading): AsyncIterable<readonly SpendColumns[]>;
}
/** One reading that is under way. */
export interface SpendReading {
  readonly signal: AbortSignal;
  readonly leave: () => void;
}

const MAX_WAITING = 16;
const RETRY_AFTER_MS = 5_000;

/** Sums as the database works them out, for a few at a time and for each organisation one alone. */
export function createSpendRepository({ dialect, atOnce, read }: SpendSource): SpendRepository {
  const turns = new Turns({
    atOnce,
    waiting: MAX_WAITING,
    message: 'Too many questions about spending at once.',
    retryAfterMs: RETRY_AFTER_MS,
  });
  async function* inTurn(statement: SpendStatement, signal: AbortSignal, tenant: string | undefined) {
    await turns.enter(signal, tenant);
    yield* read(statement, { signal, leave: () => turns.leave(tenant) });
  }
  return {
    async *rows(query, signal) {
      for await (const batch of inTurn(groupsStatement(dialect, query), signal, query.tenant)) {
        yield batch.map((columns) => toSpendRow(columns, query.by));
      }
      return undefined;
    },
    async total(range, signal) {
      for await (const [columns = {}] of inTurn(totalStatement(dialect, range), signal, range.tenant)) {
        return toSums(columns);
      }
      return toSums({});
    },
  };
}
