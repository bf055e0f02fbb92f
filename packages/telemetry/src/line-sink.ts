import { write, writeSync } from 'node:fs';
import type { Cancel, Clock } from '@sluice/contract';

const FLUSH_AFTER_MS = 100;
const RETRY_AFTER_MS = 50;
const CLOSE_WITHIN_MS = 1_000;
const BATCH_CHARS = 64 * 1024;
const MAX_PENDING_CHARS = 1024 * 1024;
const NEWLINE = 10;

interface Batch {
  readonly bytes: Buffer;
  /** Where its own lines start: after the newline that ends a torn one. */
  readonly start: number;
  written: number;
}

/**
 * Writes lines to a file descriptor without ever waiting for it, in batches, at latest 100 ms after a line came.
 * A line that finds the buffer full (1 MiB), or whose batch the descriptor refuses, is dropped and counted; nothing
 * throws. What is pending at `close` or at the exit of the process is written then. The descriptor stays the caller's.
 */
export class LineSink {
  readonly #fd: number;
  readonly #clock: Clock;
  readonly #onExit = (): void => this.#writeRest();
  #pending = '';
  #batch: Batch | undefined;
  #cancelTimer: Cancel | undefined;
  #whenIdle: (() => void) | undefined;
  #torn = false;
  #gaveUp = false;
  #dropped = 0;

  constructor(fd: number, clock: Clock) {
    this.#fd = fd;
    this.#clock = clock;
    process.on('exit', this.#onExit);
  }

  /** Lines that were lost so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes one line, its newline included. */
  write(line: string): void {
    if (this.#pending.length >= MAX_PENDING_CHARS) {
      this.#dropped += 1;
      return;
    }
    this.#pending += line;
    // The end of a batch under way sees to what came meanwhile.
    if (this.#batch) return;
    if (this.#pending.length >= BATCH_CHARS) this.#flush();
    else this.#armTimer();
  }

  /**
   * Resolves when all is written, or after a second: a descriptor that takes nothing does not hold up a shutdown. What
   * it still refuses then is dropped.
   */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancelDeadline = this.#clock.after(CLOSE_WITHIN_MS, () => {
        this.#gaveUp = true;
        resolve();
      });
      this.#whenIdle = () => {
        cancelDeadline();
        resolve();
      };
      this.#next();
    });
    this.#cancelTimer?.();
    process.off('exit', this.#onExit);
  }

  #armTimer(): void {
    this.#cancelTimer ??= this.#clock.after(FLUSH_AFTER_MS, () => {
      this.#cancelTimer = undefined;
      this.#flush();
    });
  }

  #flush(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#batch = this.#takeBatch();
    this.#send(this.#batch);
  }

  #takeBatch(): Batch {
    // A batch that broke off in the middle of a line must not swallow the next one.
    const bytes = Buffer.from(this.#torn ? `\n${this.#pending}` : this.#pending);
    this.#pending = '';
    return { bytes, start: this.#torn ? 1 : 0, written: 0 };
  }

  #send(batch: Batch): void {
    write(this.#fd, batch.bytes, batch.written, (error, written) => {
      if (error) this.#refused(batch, error);
      else this.#accepted(batch, written);
    });
  }

  #accepted(batch: Batch, written: number): void {
    batch.written += written;
    if (batch.written < batch.bytes.length) this.#send(batch);
    else this.#finish(batch);
  }

  #refused(batch: Batch, error: NodeJS.ErrnoException): void {
    if (error.code === 'EAGAIN' && !this.#gaveUp) this.#clock.after(RETRY_AFTER_MS, () => this.#send(batch));
    else this.#finish(batch);
  }

  #finish(batch: Batch): void {
    this.#dropped += linesFrom(batch.bytes, Math.max(batch.start, batch.written));
    if (batch.written > 0) this.#torn = batch.bytes[batch.written - 1] !== NEWLINE;
    this.#batch = undefined;
    this.#next();
  }

  #next(): void {
    if (this.#batch) return;
    if (this.#pending === '') this.#whenIdle?.();
    else if (this.#whenIdle || this.#pending.length >= BATCH_CHARS) this.#flush();
    else this.#armTimer();
  }

  #writeRest(): void {
    // A batch under way is the operating system's already; writing it again would double its lines.
    try {
      if (this.#pending !== '') writeSync(this.#fd, this.#takeBatch().bytes);
    } catch {
      // The process ends: nobody is left to count for.
    }
  }
}

function linesFrom(bytes: Buffer, start: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE, start); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}
