import { DatabaseSync } from 'node:sqlite';
import type { Clock } from '@sluice/contract';
import { SqliteCounterStore } from '../counters.js';
import { LedgerRows } from '../ledger-rows.js';
import { SharedTransaction } from '../shared-transaction.js';
import { ledgerIntent } from './rows.js';

export interface MemberInit {
  readonly path: string;
  readonly clock: Clock;
  readonly holder: number;
  readonly isAlive: (holder: number) => boolean;
}

/** A process that counts in a database: its connection, whose commits can be made to fail, and what it holds in memory. */
export class CountingMember {
  readonly counters: SqliteCounterStore;
  readonly #database: DatabaseSync;
  readonly #transaction: SharedTransaction;
  #failsToCommit = false;

  constructor({ path, clock, holder, isAlive }: MemberInit) {
    this.#database = new DatabaseSync(path);
    this.#database.exec('PRAGMA synchronous = OFF');
    this.#makeCommitsFail();
    const nothing = (): undefined => undefined;
    const owner = { id: holder, claim: nothing, mark: nothing, committed: nothing };
    const rows = new LedgerRows(this.#database, { owner, checkpointer: { count: nothing } });
    this.#transaction = new SharedTransaction(this.#database, rows);
    this.counters = new SqliteCounterStore(
      { database: this.#database, transaction: this.#transaction, holder: { id: holder, isAlive } },
      { clock },
    );
  }

  /** As the ledger writes the rows of such requests. */
  record(ids: readonly string[]): void {
    this.#transaction.run({ intents: ids.map((id) => ledgerIntent({ id })), settlements: [] });
  }

  /** For as long as `work` takes. */
  async failing(work: () => unknown): Promise<void> {
    this.#failsToCommit = true;
    try {
      await work();
    } finally {
      this.#failsToCommit = false;
    }
  }

  /** The process is killed. */
  kill(): void {
    this.#database.close();
  }

  #makeCommitsFail(): void {
    const prepare = this.#database.prepare.bind(this.#database);
    this.#database.prepare = (sql) => {
      const statement = prepare(sql);
      if (sql !== 'COMMIT') return statement;
      const run = statement.run.bind(statement);
      statement.run = () => {
        if (this.#failsToCommit) throw Object.assign(new Error('disk full'), { errcode: 13 });
        return run();
      };
      return statement;
    };
  }
}
