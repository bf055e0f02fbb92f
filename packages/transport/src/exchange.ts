import { gatewayError } from '@sluice/contract';
import type { ResponseHead, UpstreamBody, UpstreamResponse } from '@sluice/contract';
import type { Dispatcher } from 'undici';
import { decodeBody } from './decode-body.js';
import { mapSocketError } from './map-socket-error.js';
import { scrubbedBody } from './scrubbed-body.js';

/**
 * Past this many bytes for which nobody waits the socket is paused, which the provider feels as a closing TCP window. Far
 * less than a read may bring: whoever keeps up waits already when the next one comes.
 */
const HIGH_WATER_BYTES = 4_096;

type Controller = Dispatcher.DispatchController;
type IncomingHeaders = Record<string, string | string[] | undefined>;

/** What was sent, where it may be sent once more. */
export interface Sent {
  /** Whether it broke on a socket that had been idle before: the provider has most likely not seen the request. */
  mayRepeat(cause: Error): boolean;
  /** Sends it on a socket of its own, with the same handler. Throws where it cannot. */
  repeat(exchange: Exchange): void;
  /** What is done to the text of an answer that says no. */
  readonly scrub?: ((text: string) => string) | undefined;
}

interface Waiter<T> {
  resolve(value: T): void;
  reject(cause: unknown): void;
}
type Read = IteratorResult<Uint8Array, undefined>;
const END: Read = { done: true, value: undefined };
/** A step of the microtask queue at a promise's price; `queueMicrotask` has one of async hooks as well. */
const SOON = Promise.resolve();

/**
 * One request and its answer on undici's lowest level. It is its own body: bytes that arrived together are handed over
 * together, one promise for each network read.
 */
export class Exchange implements Dispatcher.DispatchHandler, UpstreamBody, AsyncIterator<Uint8Array, undefined> {
  readonly response: Promise<UpstreamResponse>;
  #head!: Waiter<UpstreamResponse>;
  #headers: ResponseHead['headers'] = {};
  #phase: 'head' | 'body' | 'over' = 'head';
  #controller: Controller | undefined;
  #chunks: Buffer[] = [];
  #buffered = 0;
  #maxBuffered = Number.POSITIVE_INFINITY;
  #paused = false;
  /** While it goes on, what comes has been in memory before. */
  #isEmptying = false;
  #waiter: Waiter<Read> | undefined;
  /** A read that gets its bytes once all that arrived with them is there. */
  #promised: Waiter<Read> | undefined;
  #whole: Waiter<Uint8Array> | undefined;
  #failure: unknown;
  readonly #signal: AbortSignal;
  #sent: Sent | undefined;
  readonly #onAbort = (): void => this.#abort(this.#signal.reason);

  constructor(signal: AbortSignal, sent?: Sent) {
    this.#signal = signal;
    this.#sent = sent;
    this.response = new Promise((resolve, reject) => {
      this.#head = { resolve, reject };
    });
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#failure !== undefined) controller.abort(toError(this.#failure));
  }

  onResponseStart(controller: Controller, status: number, headers: IncomingHeaders): void {
    // An informational answer precedes the real one.
    if (status < 200) return;
    this.#phase = 'body';
    this.#headers = flatten(headers);
    // Views of the read that they came with, which would keep all of it.
    controller.rawHeaders = null;
    const scrub = status < 400 ? undefined : this.#sent?.scrub;
    this.#head.resolve({ head: { status, headers: this.#headers }, body: scrub ? scrubbedBody(this, scrub) : this });
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    if (this.#whole) {
      if (this.#buffered > this.#maxBuffered) this.#abort(tooLarge(this.#maxBuffered));
      return;
    }
    if (this.#waiter) this.#handOver();
    // What came with the bytes of a promised read is taken with them.
    else if (!this.#promised) this.#pauseWhenFull();
  }

  onResponseEnd(): void {
    this.#close();
    this.#finishWhole();
    // Bytes already promised to a waiting read go first.
    if (this.#waiter && this.#chunks.length === 0) this.#settleRead((waiter) => waiter.resolve(END));
  }

  onResponseError(_controller: Controller, cause: Error): void {
    const sent = this.#sent;
    this.#sent = undefined;
    if (this.#phase === 'head' && sent?.mayRepeat(cause)) {
      this.#repeat(sent);
      return;
    }
    const failure = this.#failure ?? mapSocketError(cause, this.#phase === 'head' ? 'head' : 'body');
    this.#fail(failure);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Read> {
    if (this.#chunks.length > 0) return Promise.resolve({ done: false, value: this.#take() });
    if (this.#failure !== undefined) return Promise.reject(toError(this.#failure));
    if (this.#phase === 'over') return Promise.resolve(END);
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
    });
  }

  return(): Promise<Read> {
    this.cancel();
    return Promise.resolve(END);
  }

  bytes(maxBytes: number): Promise<Uint8Array> {
    const raw = new Promise<Uint8Array>((resolve, reject) => {
      this.#whole = { resolve, reject };
      this.#maxBuffered = maxBytes;
      if (this.#failure !== undefined) reject(toError(this.#failure));
      else if (this.#buffered > maxBytes) this.#refuse(tooLarge(maxBytes));
      else if (this.#phase === 'over') this.#finishWhole();
      else this.#resume();
    });
    const encoding = this.#headers['content-encoding'];
    return encoding === undefined ? raw : raw.then((bytes) => decodeBody(bytes, encoding, maxBytes));
  }

  cancel(): void {
    if (this.#phase !== 'over') this.#abort(gatewayError('client_closed_request'));
  }

  #repeat(sent: Sent): void {
    this.#controller = undefined;
    try {
      sent.repeat(this);
    } catch (cause) {
      this.#fail(mapSocketError(cause, 'head'));
    }
  }

  #handOver(): void {
    this.#promised = this.#waiter;
    this.#waiter = undefined;
    // Everything that one socket read holds is parsed before this runs, so it goes out as one piece.
    void SOON.then(this.#keepPromise);
  }

  readonly #keepPromise = (): void => {
    const waiter = this.#promised;
    this.#promised = undefined;
    waiter?.resolve({ done: false, value: this.#take() });
  };

  #take(): Buffer {
    const bytes = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks, this.#buffered);
    this.#chunks = [];
    this.#buffered = 0;
    this.#resume();
    return bytes;
  }

  #pauseWhenFull(): void {
    // Once it is over, the socket may be another request's.
    if (this.#buffered <= HIGH_WATER_BYTES || this.#paused || this.#isEmptying || this.#phase === 'over') return;
    this.#paused = true;
    this.#controller?.pause();
  }

  /**
   * Takes all that the socket holds, for it reads on from here in any case: a reader that took less at a time than a read
   * brings, which with TLS are four records, would have the rest of the answer pile up there.
   */
  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#isEmptying = true;
    this.#controller?.resume();
    this.#isEmptying = false;
    if (!this.#whole) this.#pauseWhenFull();
  }

  #finishWhole(): void {
    const whole = this.#whole;
    this.#whole = undefined;
    whole?.resolve(this.#take());
  }

  /** For a body that has arrived whole as well, whose exchange is over. */
  #refuse(reason: Error): void {
    this.#whole?.reject(reason);
    this.#whole = undefined;
    if (this.#phase !== 'over') this.#abort(reason);
  }

  #abort(reason: unknown): void {
    this.#fail(reason);
    this.#controller?.abort(toError(reason));
  }

  #fail(failure: unknown): void {
    if (this.#phase === 'over') return;
    this.#failure = failure;
    this.#close();
    const error = toError(failure);
    this.#head.reject(error);
    this.#whole?.reject(error);
    this.#whole = undefined;
    this.#settleRead((waiter) => waiter.reject(error));
  }

  #settleRead(settle: (waiter: Waiter<Read>) => void): void {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    if (waiter) settle(waiter);
  }

  #close(): void {
    this.#phase = 'over';
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}

/** Each header as one text, which nearly all of them are already. */
function flatten(headers: IncomingHeaders): ResponseHead['headers'] {
  for (const name in headers) if (typeof headers[name] !== 'string') return joined(headers);
  return headers as ResponseHead['headers'];
}

function joined(headers: IncomingHeaders): ResponseHead['headers'] {
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) flat[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return flat;
}

function tooLarge(maxBytes: number): Error {
  return gatewayError('upstream_invalid_response', { message: `The provider answered more than ${maxBytes} bytes.` });
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}
