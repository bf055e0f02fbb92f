import { gatewayError, toGatewayError } from '@sluice/contract';
import type { GatewayError, Outcome, StreamScanner, UpstreamBody } from '@sluice/contract';
import type { AttemptDeadline } from './attempt-deadline.js';

type Chunk = IteratorResult<Uint8Array, undefined>;
const DONE: Chunk = { done: true, value: undefined };

export interface LiveStreamParts {
  readonly body: UpstreamBody;
  readonly reads: AsyncIterator<Uint8Array>;
  readonly scanner: StreamScanner;
  /** Bytes held back up to the commit point. */
  readonly held: Uint8Array;
  readonly deadline: AttemptDeadline;
}
export interface LiveStreamEvents {
  /** Turns what went wrong into the outcome it is. */
  outcomeOf(cause: unknown): Outcome;
  /** The one in-band error frame of the caller's dialect. */
  writeError(error: GatewayError): string;
  /** Once, however the stream ended. */
  settle(outcome: Outcome): void;
}

/**
 * A committed stream. Pulling it pulls the provider; nothing is read ahead of the caller. It ends in one of three ways:
 * as its dialect ends a whole answer, with exactly one error frame after a cut, or silently where the caller has left.
 */
export class LiveStream implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #parts: LiveStreamParts;
  readonly #events: LiveStreamEvents;
  #held: Uint8Array | undefined;
  #over = false;
  #progress: number;

  constructor(parts: LiveStreamParts, events: LiveStreamEvents) {
    this.#parts = parts;
    this.#events = events;
    this.#held = parts.held;
    this.#progress = parts.scanner.progress;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<Chunk> {
    if (this.#held) {
      const held = this.#held;
      this.#held = undefined;
      // An error that came in the same read as the first content: the content goes first.
      return this.#parts.scanner.failure ? this.#fail(this.#parts.scanner.failure, held) : { done: false, value: held };
    }
    while (!this.#over) {
      const chunk = await this.#pull();
      if (chunk) return chunk;
    }
    return DONE;
  }

  return(): Promise<Chunk> {
    if (!this.#over) this.#close(this.#events.outcomeOf(gatewayError('client_closed_request')));
    return Promise.resolve(DONE);
  }

  /** One network read; nothing when it brought nothing to forward. */
  async #pull(): Promise<Chunk | undefined> {
    const { reads, scanner } = this.#parts;
    try {
      const read = await reads.next();
      if (read.done) return this.#complete(scanner.end());
      const bytes = scanner.push(read.value);
      if (scanner.failure) return this.#fail(scanner.failure, bytes);
      this.#noteProgress();
      return bytes.length > 0 ? { done: false, value: bytes } : undefined;
    } catch (cause) {
      return this.#afterCut(cause);
    }
  }

  #noteProgress(): void {
    const { scanner, deadline } = this.#parts;
    if (scanner.progress === this.#progress) return;
    this.#progress = scanner.progress;
    deadline.touch();
  }

  /** The read failed. Where the answer had already announced its end, nothing is missing. */
  #afterCut(cause: unknown): Chunk {
    try {
      return this.#complete(this.#parts.scanner.end());
    } catch {
      return this.#fail(cause, undefined);
    }
  }

  #complete(rest: Uint8Array): Chunk {
    this.#close({ kind: 'completed' });
    return rest.length > 0 ? { done: false, value: rest } : DONE;
  }

  #fail(cause: unknown, before: Uint8Array | undefined): Chunk {
    const outcome = this.#events.outcomeOf(cause);
    this.#close(outcome);
    if (outcome.kind !== 'failed') return DONE;
    const frame = Buffer.from(this.#events.writeError(toGatewayError(outcome.error)));
    return { done: false, value: before?.length ? Buffer.concat([before, frame]) : frame };
  }

  #close(outcome: Outcome): void {
    this.#over = true;
    this.#parts.deadline.dispose();
    this.#parts.body.cancel();
    this.#events.settle(outcome);
  }
}
