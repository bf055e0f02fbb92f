import type { DatabaseSync } from 'node:sqlite';
import type { Checkpointer } from './checkpointer.js';
import { guarded } from './failure.js';
import type { LogFault, WriteAheadLog } from './write-ahead-log.js';

/** Who closes a database last copies its log into it. These are closed by the end of the process. */
const LEFT_OPEN: DatabaseSync[] = [];

/** Sees to it that no more is lost than what a log had that is gone. */
export class LogGuard {
  readonly #log: WriteAheadLog;
  readonly #checkpointer: Checkpointer;
  #isCut = false;
  #isClosed = false;

  constructor(log: WriteAheadLog, checkpointer: Checkpointer) {
    this.#log = log;
    this.#checkpointer = checkpointer;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Throws `storage_unavailable` when the database fails. */
  check(): LogFault | undefined {
    if (this.#isCut) return 'cut';
    return guarded(() => {
      const fault = this.#log.find();
      if (fault === 'deleted') this.#log.empty();
      if (fault !== 'cut') return fault;
      this.#isCut = true;
      this.#checkpointer.forbid();
      return fault;
    });
  }

  /** The last one of the process that closes. */
  close(database: DatabaseSync): void {
    this.#isClosed = true;
    if (this.#isCut) LEFT_OPEN.push(database);
    else database.close();
  }
}
