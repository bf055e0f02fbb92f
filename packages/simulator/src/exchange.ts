import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { Fault } from './steps.js';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Wire } from './wires/wire.js';

export interface PlainAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The way back to one caller. Promises reject once the caller has left. */
export interface Exchange {
  readonly requestId: string;
  /** Aborts when the caller closes its connection before the answer has ended. */
  readonly left: AbortSignal;
  /** The head is on its way. */
  readonly begun: boolean;
  readonly ended: boolean;
  beginStream(): void;
  /** Resolves when the caller may be sent more. */
  write(text: string): Promise<void>;
  end(): void;
  answer(answer: PlainAnswer): void;
  /** Declares the whole body and sends the first half. */
  answerHalf(answer: PlainAnswer): void;
  fault(fault: Fault, wire: Wire): void;
  cut(by: 'reset' | 'close'): Promise<void>;
  untilLeft(): Promise<void>;
}

export interface ExchangeNames {
  readonly requestId: string;
  readonly requestIdHeader: string;
}

/** Wraps a response. The exchange owns it from here on. */
export function createExchange(response: ServerResponse, { requestId, requestIdHeader }: ExchangeNames): Exchange {
  response.setHeader(requestIdHeader, requestId);
  return new ServerExchange(response, requestId);
}

class ServerExchange implements Exchange {
  readonly requestId: string;
  readonly #response: ServerResponse;
  readonly #leaving = new AbortController();
  #ended = false;
  #wasCut = false;

  constructor(response: ServerResponse, requestId: string) {
    this.requestId = requestId;
    this.#response = response;
    response.once('close', () => {
      if (!response.writableFinished && !this.#wasCut) this.#leaving.abort();
    });
  }

  get left(): AbortSignal {
    return this.#leaving.signal;
  }

  get begun(): boolean {
    return this.#response.headersSent;
  }

  get ended(): boolean {
    return this.#ended;
  }

  beginStream(): void {
    this.#response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    });
  }

  async write(text: string): Promise<void> {
    this.left.throwIfAborted();
    if (text !== '' && !this.#response.write(text)) await once(this.#response, 'drain', { signal: this.left });
  }

  end(): void {
    this.#ended = true;
    this.#response.end();
  }

  answer(plain: PlainAnswer): void {
    this.#ended = true;
    this.#writeHead(plain);
    this.#response.end(plain.body);
  }

  answerHalf(plain: PlainAnswer): void {
    this.#writeHead(plain);
    const bytes = Buffer.from(plain.body);
    this.#response.write(bytes.subarray(0, bytes.length >> 1));
  }

  fault(fault: Fault, wire: Wire): void {
    const seconds = fault.retryAfterSeconds;
    this.answer({
      status: fault.status,
      contentType: 'application/json',
      body: JSON.stringify(wire.fault(fault, this.requestId)),
      ...(seconds !== undefined && { headers: { 'retry-after': String(seconds) } }),
    });
  }

  async cut(by: 'reset' | 'close'): Promise<void> {
    this.#ended = true;
    this.#wasCut = true;
    const { socket } = this.#response;
    if (!socket) return;
    await flushed(socket);
    if (by === 'reset') socket.resetAndDestroy();
    else socket.destroySoon();
  }

  async untilLeft(): Promise<void> {
    if (!this.left.aborted) await once(this.left, 'abort');
    this.left.throwIfAborted();
  }

  #writeHead({ status, contentType, body, headers }: PlainAnswer): void {
    const length = Buffer.byteLength(body);
    this.#response.writeHead(status, { ...headers, 'content-type': contentType, 'content-length': length });
  }
}

/** Resolves when the kernel has all that was written: a reset throws away what a process still holds. */
async function flushed(socket: Socket): Promise<void> {
  // Node corks a response until the end of the turn.
  await setImmediate();
  if (socket.writable) await new Promise<void>((resolve) => void socket.write('', () => resolve()));
}
