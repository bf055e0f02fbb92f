import { Worker } from 'node:worker_threads';
import type { SpendColumns, SpendStatement } from '@sluice/toolkit';
import { guarded } from './failure.js';

/** What the thread gets. */
export interface SpendTask extends SpendStatement {
  /** Of the database. */
  readonly path: string;
}
/** Its answer to each message: the rows that follow, none after the last one; at any time, why there are none. */
export interface SpendReply {
  readonly rows: SpendColumns[];
  readonly failure?: { readonly errcode?: number; readonly message: string };
}

const WORKER = new URL(`./spend-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** One statement, run in a thread of its own. */
export class SpendThread {
  readonly #worker: Worker;
  /** Once the thread has ended; until then it may still be reading, whatever it was told. */
  readonly ended: Promise<void>;
  #settle: ((reply: SpendReply | Error) => void) | undefined;
  #outcome: SpendReply | Error | undefined;

  constructor(task: SpendTask) {
    const worker = new Worker(WORKER, { workerData: task, execArgv: ['--no-warnings'], stdout: true });
    this.#worker = worker;
    worker.on('message', (reply: SpendReply) => this.#tell(reply));
    worker.on('error', (error: Error) => this.#tell(error));
    this.ended = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#tell(new Error('The thread that reads the ledger has ended.'));
        resolve();
      });
    });
  }

  /** The rows that follow; none after the last one. Rejects with `storage_unavailable` or the signal's reason. */
  async next(signal: AbortSignal): Promise<readonly SpendColumns[]> {
    signal.throwIfAborted();
    this.#worker.postMessage('next');
    const reply = await this.#reply(signal);
    return guarded(() => {
      if (reply instanceof Error) throw reply;
      if (reply.failure) throw Object.assign(new Error(reply.failure.message), reply.failure);
      return reply.rows;
    });
  }

  /** Idempotent. */
  stop(): void {
    void this.#worker.terminate();
  }

  #reply(signal: AbortSignal): Promise<SpendReply | Error> {
    const early = this.#outcome;
    if (early) return Promise.resolve(early);
    return new Promise((resolve, reject) => {
      const leave = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', leave, { once: true });
      this.#settle = (reply) => {
        signal.removeEventListener('abort', leave);
        resolve(reply);
      };
    });
  }

  /** What ends the thread stays its answer. */
  #tell(reply: SpendReply | Error): void {
    if (reply instanceof Error || reply.failure) this.#outcome ??= reply;
    this.#settle?.(reply);
    this.#settle = undefined;
  }
}
