import { gatewayError, toGatewayError } from '@sluice/contract';
import type { GatewayError, Outcome, StreamScanner } from '@sluice/contract';
import { estimateTokens } from './estimate.js';
import type { Beginning } from './hold-back.js';
import type { StreamSource } from './open-stream.js';
import type { StreamState, StreamStep } from './stream-state.js';

type Chunk = IteratorResult<Uint8Array, undefined>;
type Failed = Extract<Outcome, { kind: 'failed' }>;
const DONE: Chunk = { done: true, value: undefined };

export interface LiveStreamParts {
  /** Its state is `committed` from the start. */
  readonly source: StreamSource;
  readonly beginning: Beginning;
}
export interface LiveStreamEvents {
  /** Turns what went wrong into the outcome it is. */
  outcomeOf(cause: unknown): Outcome;
  /** The one in-band error frame of the caller's dialect. */
  writeError(error: GatewayError): string;
  /**
   * After a cut: the parts of another stream that goes on with this one, or nothing where none came. Absent, or nothing
   * at once, where none can.
   */
  goOn?(failure: GatewayError): Promise<LiveStreamParts | undefined> | undefined;
  /** Set where the provider goes on when the caller leaves: for about so many output tokens, once that was told. */
  readonly drain?: { readonly tokens: number; leave(): void };
  /** Once, however the stream ended. */
  settle(outcome: Outcome): void;
}

/**
 * A committed stream. Pulling it pulls the provider; nothing is read ahead of the caller. It ends in one of three ways:
 * as its dialect ends a whole answer, with exactly one error frame after a cut, or silently where the caller has left.
 */
export class LiveStream implements AsyncIterableIterator<Uint8Array, undefined> {
  #source!: StreamSource;
  readonly #events: LiveStreamEvents;
  readonly #state: StreamState;
  /** What came first, until the caller has it. */
  #beginning: Beginning | undefined;
  /** A read that began while the stream was held back. */
  #pending: Promise<IteratorResult<Uint8Array>> | undefined;
  #pulling = false;
  #progress = 0;
  /** Resolves when somebody goes on with the stream, or nobody does. */
  #continuing: Promise<void> | undefined;
  /** Nobody reads it any more, and it goes on. */
  #isAbandoned = false;
  /** It was cut, and nobody goes on. */
  #lost: Failed | undefined;

  constructor(parts: LiveStreamParts, events: LiveStreamEvents) {
    this.#events = events;
    this.#state = parts.source.state;
    this.#adopt(parts);
  }

  #adopt({ source, beginning }: LiveStreamParts): void {
    this.#source = source;
    this.#beginning = beginning;
    this.#pending = beginning.pending;
    this.#progress = source.scanner.progress;
    const { signal } = source.deadline;
    signal.addEventListener('abort', () => this.#stopped(signal.reason), { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Two promises for each read, the provider's and this one: it is called for every chunk there is. */
  next(): Promise<Chunk> {
    if (this.#isOver) return Promise.resolve(DONE);
    if (this.#continuing) return this.#afterwards(this.#continuing);
    if (this.#lost) return Promise.resolve(this.#report(this.#lost, undefined));
    if (this.#beginning) return Promise.resolve(this.#first(this.#beginning));
    this.#source.deadline.resume();
    this.#pulling = true;
    return this.#read().then(this.#onRead, this.#onCut);
  }

  return(): Promise<Chunk> {
    if (this.#isOver) return Promise.resolve(DONE);
    const { drain } = this.#events;
    if (!drain || this.#state.stage !== 'committed' || this.#source.scanner.finished) this.#leave();
    else {
      drain.leave();
      this.#isAbandoned = true;
      if (!this.#pulling) void this.#drain(drain.tokens);
    }
    return Promise.resolve(DONE);
  }

  #leave(): void {
    this.#close('leave', this.#outcomeOf(gatewayError('client_closed_request')));
  }

  /** Reads on for nobody, so that what the provider uses is known. What cuts it then is nobody's matter any more. */
  async #drain(tokens: number): Promise<void> {
    const { scanner, deadline } = this.#source;
    const isEnded = this.#beginning?.ended ?? false;
    this.#beginning = undefined;
    const enough = writtenTokens(scanner) + tokens;
    deadline.resume();
    this.#pulling = true;
    try {
      while (!isEnded && !isDone(scanner) && (tokens === Number.POSITIVE_INFINITY || writtenTokens(scanner) < enough)) {
        const read = await this.#read();
        if (read.done) break;
        scanner.push(read.value);
        this.#noteProgress();
      }
    } catch {
      // What came before is what is counted.
    }
    if (!this.#isOver) this.#leave();
  }

  get #isOver(): boolean {
    return this.#state.stage === 'ended';
  }

  #read(): Promise<IteratorResult<Uint8Array>> {
    const pending = this.#pending;
    if (!pending) return this.#source.reads.next();
    this.#pending = undefined;
    return pending;
  }

  /**
   * A caller that does not read on must not hold its slot, permit and row beyond the answer's own time. Where a read is
   * under way it fails of the same reason, and knows better how the answer stands.
   */
  #stopped(reason: unknown): void {
    if (!this.#pulling) this.#events.settle(this.#outcomeOf(reason));
  }

  #first({ held, ended }: Beginning): Chunk | Promise<Chunk> {
    const { scanner } = this.#source;
    this.#beginning = undefined;
    // An error that came in the same read as the first content: the content goes first.
    if (scanner.failure) return this.#fail(scanner.failure, held);
    if (ended) return this.#complete(held);
    this.#settleFinished();
    return held.length > 0 ? { done: false, value: held } : this.next();
  }

  /** The answer is whole: whatever the socket still does, nothing of it belongs to the request. */
  #settleFinished(): void {
    if (this.#source.scanner.finished) this.#events.settle({ kind: 'completed' });
  }

  readonly #onRead = (read: IteratorResult<Uint8Array>): Chunk | Promise<Chunk> => {
    const chunk = this.#take(read);
    return chunk ? this.#handOver(chunk) : this.#readOn();
  };

  readonly #onCut = (cause: unknown): Chunk | Promise<Chunk> => this.#handOver(this.#end(cause));

  #handOver<T extends Chunk | Promise<Chunk>>(chunk: T): T {
    this.#pulling = false;
    this.#source.deadline.rest();
    if (this.#isAbandoned && !this.#isOver) void this.#drain(this.#events.drain?.tokens ?? 0);
    return chunk;
  }

  /** After a read that brought nothing to forward: a loop, for there may be any number of them. */
  async #readOn(): Promise<Chunk> {
    while (!this.#isOver) {
      try {
        const chunk = this.#take(await this.#read());
        if (chunk) return await this.#handOver(chunk);
      } catch (cause) {
        return this.#onCut(cause);
      }
    }
    return DONE;
  }

  /** What one network read has to forward; nothing when that is nothing. */
  #take(read: IteratorResult<Uint8Array>): Chunk | Promise<Chunk> | undefined {
    if (read.done) return this.#end(undefined);
    try {
      return this.#forward(this.#source.scanner.push(read.value));
    } catch (cause) {
      return this.#end(cause);
    }
  }

  #forward(bytes: Uint8Array): Chunk | Promise<Chunk> | undefined {
    const { failure } = this.#source.scanner;
    if (failure) return this.#fail(failure, bytes);
    this.#noteProgress();
    this.#settleFinished();
    return bytes.length > 0 ? { done: false, value: bytes } : undefined;
  }

  /** What stops a stream stops nothing once its last frame is through: clients leave at it, and have all of the answer. */
  #outcomeOf(cause: unknown): Outcome {
    const outcome = this.#events.outcomeOf(cause);
    const isWhole = this.#source.scanner.finished && (outcome.kind === 'failed' || !this.#beginning);
    return isWhole ? { kind: 'completed' } : outcome;
  }

  #noteProgress(): void {
    const { scanner, deadline } = this.#source;
    if (scanner.progress === this.#progress) return;
    this.#progress = scanner.progress;
    deadline.touch();
  }

  /**
   * No more reads, because of `cause` where one failed. Where the answer has announced its end, nothing is missing.
   */
  #end(cause: unknown): Chunk | Promise<Chunk> {
    const { scanner } = this.#source;
    if (cause && !scanner.finished && this.#events.outcomeOf(cause).kind === 'client-gone') {
      return this.#fail(cause, undefined);
    }
    let rest: Uint8Array;
    try {
      rest = scanner.end();
    } catch (cut) {
      return this.#fail(cause ?? cut, undefined);
    }
    return scanner.failure ? this.#fail(scanner.failure, rest) : this.#complete(rest);
  }

  #complete(rest: Uint8Array): Chunk {
    this.#close('finish', { kind: 'completed' });
    return rest.length > 0 ? { done: false, value: rest } : DONE;
  }

  #fail(cause: unknown, before: Uint8Array | undefined): Chunk | Promise<Chunk> {
    const outcome = this.#events.outcomeOf(cause);
    if (outcome.kind !== 'failed') {
      this.#close('leave', outcome);
      return DONE;
    }
    const next = this.#events.goOn?.(outcome.error);
    if (!next) return this.#report(outcome, before);
    this.#state.step('continue');
    this.#letGo();
    const continuing = (this.#continuing = next.then((parts) => this.#goOn(parts, outcome)));
    return before?.length ? { done: false, value: before } : this.#afterwards(continuing);
  }

  /** What the caller gets once it is known whether the stream goes on. */
  async #afterwards(continuing: Promise<void>): Promise<Chunk> {
    await continuing;
    return this.next();
  }

  #goOn(parts: LiveStreamParts | undefined, cut: Failed): void {
    this.#continuing = undefined;
    if (this.#isOver) return;
    if (parts) {
      this.#state.step('release');
      this.#adopt(parts);
      return;
    }
    const outcome = this.#events.outcomeOf(cut.error);
    if (outcome.kind !== 'failed') return this.#close('leave', outcome);
    this.#lost = outcome;
    // Whether anybody still reads or not: it has ended.
    this.#events.settle(outcome);
  }

  #report(outcome: Failed, before: Uint8Array | undefined): Chunk {
    this.#state.step('cut');
    this.#close('report', outcome);
    const frame = Buffer.from(this.#events.writeError(toGatewayError(outcome.error)));
    return { done: false, value: before?.length ? Buffer.concat([before, frame]) : frame };
  }

  #letGo(): void {
    this.#source.deadline.dispose();
    this.#source.body.cancel();
  }

  #close(step: StreamStep, outcome: Outcome): void {
    this.#state.step(step);
    this.#letGo();
    this.#events.settle(outcome);
  }
}

function isDone({ finished, failure }: StreamScanner): boolean {
  return finished || failure !== undefined;
}

function writtenTokens(scanner: StreamScanner): number {
  return estimateTokens(scanner.summary().outputChars ?? 0);
}
