import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LedgerIntent } from '@sluice/contract';
import type { LedgerBatch, LedgerRows } from './ledger-rows.js';
import { rollback } from './transact.js';

/** Somebody who writes with whatever else is written on the connection. */
export interface Companion {
  /**
   * Within the transaction, which writes these rows of the ledger. Gives those that are to be written besides. What it throws
   * ends all of it.
   */
  write(intents: readonly LedgerIntent[]): readonly LedgerIntent[];
  /** All of it is there, or none. Must not throw. */
  ended(isCommitted: boolean): void;
}

const NOTHING: LedgerBatch = { intents: [], settlements: [] };

/**
 * The transactions of the connection on which requests write. What waits to be counted goes with the rows of the ledger, so
 * that a request's count and its row never differ, and a commit is paid once.
 */
export class SharedTransaction {
  readonly #database: DatabaseSync;
  readonly #rows: LedgerRows;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #companions: Companion[] = [];

  constructor(database: DatabaseSync, rows: LedgerRows) {
    this.#database = database;
    this.#rows = rows;
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
  }

  join(companion: Companion): void {
    this.#companions.push(companion);
  }

  /** Writes these rows and whatever the companions have to write, all or nothing. Throws what failed. */
  run(batch: LedgerBatch = NOTHING): void {
    this.#rows.prepare();
    this.#begin.run();
    let written: LedgerBatch;
    try {
      written = this.#write(batch);
      this.#commit.run();
    } catch (cause) {
      rollback(this.#database);
      this.#rows.failed();
      this.#ended(false);
      throw cause;
    }
    this.#ended(true);
    this.#rows.committed(written);
  }

  #write({ intents, settlements }: LedgerBatch): LedgerBatch {
    let all = intents;
    for (const companion of this.#companions) {
      const opened = companion.write(intents);
      if (opened.length > 0) all = all.length > 0 ? [...all, ...opened] : opened;
    }
    const batch = { intents: all, settlements };
    this.#rows.write(batch);
    return batch;
  }

  #ended(isCommitted: boolean): void {
    for (const companion of this.#companions) companion.ended(isCommitted);
  }
}
