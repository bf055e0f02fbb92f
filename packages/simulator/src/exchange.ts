import { once } from 'node:events';
import { Http2ServerResponse, constants } from 'node:http2';
import { setImmediate } from 'node:timers/promises';
import type { Chunk, Vendor } from './wires/wire.js';
import type { SimulatorClock } from './clock.js';
import type { Fault, RetryAdvice } from './steps.js';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface PlainAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Chunk;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The way back to one caller. Promises reject once the caller has left. */
export interface Exchange {
  readonly requestId: string;
  /** What was asked for, as it came. */
  readonly url: string;
  /** Aborts when the caller closes its connection before the answer has ended. */
  readonly left: AbortSignal;
  /** The head is on its way. */
  readonly begun: boolean;
  readonly ended: boolean;
  beginStream(contentType: string, headers?: Readonly<Record<string, string>>): void;
  /** Resolves when the caller may be sent more. */
  write(chunk: Chunk): Promise<void>;
  end(): void;
  answer(answer: PlainAnswer): void;
  /** Declares the whole body and sends so many of its bytes. */
  answerPart(answer: PlainAnswer, bytes: number): void;
  fault(fault: Fault, vendor: Vendor): void;
  cut(by: 'reset' | 'close'): Promise<void>;
  /** Writes these bytes on the connection in place of an answer, and then ends it where told to. */
  writeRaw(bytes: Buffer, close: boolean): Promise<void>;
  untilLeft(): Promise<void>;
}

interface Naming {
  readonly requestId: string;
  /** What dates are told by. */
  readonly clock: SimulatorClock;
}

/** Wraps a response. The exchange owns it from here on. */
export function createExchange(response: ServerResponse, naming: Naming, requestIdHeader: string): Exchange {
  if (requestIdHeader !== '') response.setHeader(requestIdHeader, naming.requestId);
  return new ServerExchange(response, naming);
}

class ServerExchange implements Exchange {
  readonly requestId: string;
  readonly url: string;
  readonly #response: ServerResponse;
  readonly #clock: SimulatorClock;
  readonly #leaving = new AbortController();
  #ended = false;
  #wasCut = false;

  constructor(response: ServerResponse, { requestId, clock }: Naming) {
    this.#clock = clock;
    this.requestId = requestId;
    this.url = response.req.url ?? '';
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

  beginStream(contentType: string, headers: Readonly<Record<string, string>> = {}): void {
    this.#response.writeHead(200, {
      ...headers,
      'content-type': contentType,
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    });
  }

  async write(chunk: Chunk): Promise<void> {
    this.left.throwIfAborted();
    this.#clock.stir?.();
    if (chunk.length === 0) this.#response.flushHeaders();
    else if (!this.#response.write(chunk)) await once(this.#response, 'drain', { signal: this.left });
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

  answerPart(plain: PlainAnswer, bytes: number): void {
    this.#writeHead(plain);
    this.#response.write(Buffer.from(plain.body as string).subarray(0, bytes));
  }

  fault(fault: Fault, vendor: Vendor): void {
    this.answer({
      status: fault.status,
      contentType: 'application/json',
      body: JSON.stringify(vendor.fault(fault, this.requestId, this.url)),
      headers: {
        ...vendor.faultHeaders?.(fault),
        ...(fault.retry && toRetryHeaders(fault.retry, vendor, this.#clock)),
      },
    });
  }

  async cut(by: 'reset' | 'close'): Promise<void> {
    this.#ended = true;
    this.#wasCut = true;
    const { socket } = this.#response;
    if (isOfHttp2(this.#response)) return cutStream(this.#response, by);
    if (!socket) return;
    await flushed(socket);
    if (by === 'reset') socket.resetAndDestroy();
    else socket.destroySoon();
  }

  async writeRaw(bytes: Buffer, close: boolean): Promise<void> {
    const { socket } = this.#response;
    // A stream of HTTP/2 has no bytes of its own.
    if (isOfHttp2(this.#response) || !socket) return this.cut('reset');
    socket.write(bytes);
    if (close) await this.cut('close');
    else await this.untilLeft();
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

/** https://www.rfc-editor.org/rfc/rfc9110#field.retry-after, and `retry-after-ms` as OpenAI's clients read it. */
function toRetryHeaders(
  { form, ms }: RetryAdvice,
  vendor: Vendor,
  clock: SimulatorClock,
): Readonly<Record<string, string>> {
  switch (form) {
    case 'seconds':
      return { 'retry-after': String(Math.ceil(ms / 1_000)) };
    case 'date':
      // The form has whole seconds: rounded up, it never tells a caller to come too early.
      return { 'retry-after': new Date(Math.ceil((clock.now() + ms) / 1_000) * 1_000).toUTCString() };
    case 'ms':
      return { 'retry-after-ms': String(ms) };
    case 'vendor':
      return vendor.retryHeaders?.(ms) ?? {};
    case 'none':
      return {};
  }
}

/** A stream of HTTP/2 is one of many on its connection: it is reset alone, or the connection closes with it. */
function cutStream({ stream }: Http2ServerResponse, by: 'reset' | 'close'): void {
  if (by === 'reset') stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else stream.session?.destroy();
}

function isOfHttp2(response: unknown): response is Http2ServerResponse {
  return response instanceof Http2ServerResponse;
}

/** Resolves when the kernel has all that was written: a reset throws away what a process still holds. */
async function flushed(socket: Socket): Promise<void> {
  // Node corks a response until the end of the turn.
  await setImmediate();
  if (socket.writable) await new Promise<void>((resolve) => void socket.write('', () => resolve()));
}
