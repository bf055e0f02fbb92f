import { gatewayError } from '@sluice/contract';
import type { Outcome, UpstreamBody } from '@sluice/contract';
import type { AttemptDeadline } from '../attempt-deadline.js';
import type { RawMeter } from './raw-meter.js';

type Chunk = IteratorResult<Uint8Array, undefined>;
const DONE: Chunk = { done: true, value: undefined };

export interface RawStreamParts {
  readonly body: UpstreamBody;
  readonly deadline: AttemptDeadline;
  readonly meter: RawMeter | undefined;
  /** As the provider announced it. */
  readonly length: number | undefined;
}
export interface RawStreamEvents {
  outcomeOf(cause: unknown): Outcome;
  /** The first call counts. */
  settle(outcome: Outcome): void;
}

/**
 * The bytes of a provider's answer as they come. Pulling them pulls the provider. They end when all of them were there;
 * otherwise the last pull rejects, so that the caller's connection is cut as the provider's was.
 */
export class RawStream implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #parts: RawStreamParts;
  readonly #events: RawStreamEvents;
  readonly #reads: AsyncIterator<Uint8Array>;
  #received = 0;
  #whole = false;
  #over = false;
  #pulling = false;

  constructor(parts: RawStreamParts, events: RawStreamEvents) {
    this.#parts = parts;
    this.#events = events;
    this.#reads = parts.body[Symbol.asyncIterator]();
    const { signal } = parts.deadline;
    signal.addEventListener('abort', () => this.#stopped(signal.reason), { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Chunk> {
    if (this.#over) return Promise.resolve(DONE);
    this.#parts.deadline.resume();
    this.#pulling = true;
    return this.#reads.next().then(this.#onRead, this.#onCut);
  }

  return(): Promise<Chunk> {
    if (!this.#over) this.#close(this.#events.outcomeOf(gatewayError('client_closed_request')));
    return Promise.resolve(DONE);
  }

  /** A caller that does not read on must not hold what the call took beyond the answer's own time. */
  #stopped(reason: unknown): void {
    if (!this.#pulling) this.#events.settle(this.#events.outcomeOf(reason));
  }

  readonly #onRead = (read: IteratorResult<Uint8Array>): Chunk => {
    this.#rest();
    if (read.done) return this.#end();
    const { meter, length } = this.#parts;
    this.#received += read.value.length;
    meter?.push(read.value);
    // Settled before the caller has the last byte: what it then asks about this call is there.
    if (meter?.finished || this.#received === length) this.#complete();
    return { done: false, value: read.value };
  };

  readonly #onCut = (cause: unknown): Chunk => {
    this.#rest();
    return this.#fail(cause);
  };

  #rest(): void {
    this.#pulling = false;
    this.#parts.deadline.touch();
    this.#parts.deadline.rest();
  }

  #end(): Chunk {
    try {
      this.#complete();
    } catch (cut) {
      return this.#fail(cut);
    }
    this.#close({ kind: 'completed' });
    return DONE;
  }

  /** Throws `upstream_truncated` for a stream that breaks off. */
  #complete(): void {
    if (this.#whole) return;
    const { meter } = this.#parts;
    meter?.end();
    this.#whole = true;
    this.#events.settle(meter?.failure ? { kind: 'failed', error: meter.failure } : { kind: 'completed' });
  }

  /** Of an answer that is whole, nothing can be cut any more. */
  #fail(cause: unknown): Chunk {
    const outcome: Outcome = this.#whole ? { kind: 'completed' } : this.#events.outcomeOf(cause);
    this.#close(outcome);
    if (outcome.kind === 'failed') throw outcome.error;
    return DONE;
  }

  #close(outcome: Outcome): void {
    this.#over = true;
    this.#parts.deadline.dispose();
    this.#parts.body.cancel();
    this.#events.settle(outcome);
  }
}
