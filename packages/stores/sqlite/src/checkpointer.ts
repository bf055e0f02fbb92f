import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { canCountFrames } from './write-ahead-log.js';

/** What the thread gets. */
export interface CheckpointTask {
  /** Of the database. */
  readonly path: string;
  /** Whether SQLite says how long its log is, so that one that is cut can be told. */
  readonly canCountFrames: boolean;
  /** Not 0 once the thread is to end. */
  readonly stop: Int32Array<SharedArrayBuffer>;
  /** Not 0 once it has closed the database. */
  readonly ended: Int32Array<SharedArrayBuffer>;
  /** How often it looks for something to do: what a power cut may take at most is about as old. */
  readonly everyMs: number;
}

/** SQLite's own: a commit that makes the log as long copies it into the database, and waits for the disk. */
const AUTOMATIC_PAGES = 1_000;
/** Who writes so many rows is worth a thread, before the log is long enough for a commit to do it; a command is not. */
const WORTH_A_THREAD = 100;
const EVERY_MS = 1_000;
/** The thread may be waiting for the disk. */
const END_WITHIN_MS = 2_000;
const WORKER = new URL(`./checkpoint-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/**
 * Moves the checkpoints of a busy database to a thread of their own, so that the event loop does not wait for the disk. Where
 * there can be no thread, or it fails, SQLite goes on doing them within commits.
 */
export class Checkpointer {
  readonly #databases: readonly DatabaseSync[];
  readonly #task: CheckpointTask;
  #rows = 0;
  #isForbidden = false;
  #worker: Worker | undefined;

  /** Of all connections of this process that write. */
  constructor(databases: readonly [DatabaseSync, ...DatabaseSync[]], path: string, everyMs = EVERY_MS) {
    this.#databases = databases;
    const flags = { stop: sharedFlag(), ended: sharedFlag() };
    this.#task = { path, canCountFrames: canCountFrames(databases[0]), ...flags, everyMs };
  }

  /** So many rows more were written. */
  count(rows: number): void {
    const before = this.#rows;
    this.#rows += rows;
    if (!this.#isForbidden && before < WORTH_A_THREAD && this.#rows >= WORTH_A_THREAD) this.#start();
  }

  /** Ends the thread and waits until it has closed the database: who closes it last tidies up. */
  stop(): void {
    const { stop, ended } = this.#task;
    Atomics.store(stop, 0, 1);
    Atomics.notify(stop, 0);
    if (this.#worker) Atomics.wait(ended, 0, 0, END_WITHIN_MS);
    this.#worker = undefined;
  }

  /** From now on nothing is copied into the database, neither by the thread nor by commits. */
  forbid(): void {
    this.#isForbidden = true;
    const { stop } = this.#task;
    Atomics.store(stop, 0, 1);
    Atomics.notify(stop, 0);
    this.#setAutomatic(0);
  }

  #start(): void {
    const worker = this.#newWorker();
    if (!worker) return;
    worker.unref();
    worker.once('message', () => {
      this.#worker = worker;
      this.#setAutomatic(0);
    });
    // Whatever ended it: nothing is lost but time. An `exit` follows.
    worker.on('error', () => undefined);
    worker.once('exit', () => {
      this.#worker = undefined;
      if (!this.#isForbidden) this.#setAutomatic(AUTOMATIC_PAGES);
    });
  }

  /** Nothing where the system gives no thread. Rows were committed a moment ago: nobody must take them for failed. */
  #newWorker(): Worker | undefined {
    try {
      return new Worker(WORKER, { workerData: this.#task, execArgv: ['--no-warnings'], stdout: true });
    } catch {
      return undefined;
    }
  }

  #setAutomatic(pages: number): void {
    for (const database of this.#databases) {
      if (database.isOpen) database.exec(`PRAGMA wal_autocheckpoint = ${pages}`);
    }
  }
}

function sharedFlag(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}
