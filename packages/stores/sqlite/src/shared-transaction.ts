import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LedgerIntent } from '@sluice/contract';
import { rollback } from './transact.js';

/** Somebody who writes with whatever else is written on the connection. */
export interface Companion {
  /** Within the transaction, which writes these rows of the ledger. What it throws ends all of it. */
  write(intents: readonly LedgerIntent[]): void;
  /** All of it is there, or none. Must not throw. */
  ended(isCommitted: boolean): void;
}

/**
 * The transactions of the connection on which requests write. What waits to be counted goes with the rows of the ledger, so
 * that a request's count and its row never differ, and a commit is paid once.
 */
export class SharedTransaction {
  readonly #database: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #companions: Companion[] = [];

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
  }

  join(companion: Companion): void {
    this.#companions.push(companion);
  }

  /** Runs `work`, which writes `intents`, and whatever the companions have to write, all or nothing. Throws what failed. */
  run(work: () => void = nothing, intents: readonly LedgerIntent[] = []): void {
    this.#begin.run();
    try {
      work();
      for (const companion of this.#companions) companion.write(intents);
      this.#commit.run();
    } catch (cause) {
      rollback(this.#database);
      this.#ended(false);
      throw cause;
    }
    this.#ended(true);
  }

  #ended(isCommitted: boolean): void {
    for (const companion of this.#companions) companion.ended(isCommitted);
  }
}

function nothing(): void {
  // Only the companions write.
}
