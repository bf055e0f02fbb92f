import type { OutgoingHttpHeader, ServerResponse } from 'node:http';
import type { Clock } from '@sluice/contract';
import type { Answer, PlainAnswer, ReceivedCall } from '@sluice/core';
import { asBuffer } from '@sluice/toolkit';
import { StreamBody } from './stream-body.js';
import type { Waiting } from './write-clock.js';

/** After this silence a committed stream gets a comment, so that nobody between here and the caller hangs up. */
const KEEP_ALIVE_MS = 15_000;
/** Statuses whose answers say nothing of a length. */
const LENGTHLESS: ReadonlySet<number> = new Set([204, 304]);
const KEEP_ALIVE = ': keep-alive\n\n';
/** Between two elements of a list of JSON values. */
const JSON_KEEP_ALIVE = '\n';
/** Up to this size copying a body is cheaper than writing it apart. */
const ONE_WRITE_BYTES = 16_384;

type Headers = Readonly<Record<string, string>>;

/** The headers that every answer carries, whatever made it. `extra` is of this call's edge; `answer` are those of its maker. */
export function edgeHeaders(
  { requestId, clientRequestId, headers }: ReceivedCall,
  answer: Headers,
  extra?: Headers,
): Record<string, string> {
  const visible = clientRequestId ?? requestId;
  const edge: Record<string, string> = { 'x-request-id': visible, 'x-content-type-options': 'nosniff' };
  if (clientRequestId !== undefined) edge['x-sluice-request-id'] = requestId;
  // Anthropic's SDKs look for their request id under this name.
  if (headers['anthropic-version'] !== undefined) edge['request-id'] = visible;
  if (extra) addExtra(edge, answer, extra);
  return edge;
}

function addExtra(edge: Record<string, string>, answer: Headers, extra: Headers): void {
  for (const name in extra) edge[name] = extra[name] as string;
  if (extra['vary'] !== undefined && answer['vary'] !== undefined) edge['vary'] = `${answer['vary']}, ${extra['vary']}`;
}

export interface SendDeps {
  readonly received: ReceivedCall;
  readonly clock: Clock;
  readonly waiting: Waiting;
  /** Headers that this call's edge adds to whatever is answered. */
  readonly extra?: Headers | undefined;
}

/**
 * Writes an answer to its socket: a plain one at once, a stream one piece at a time and never faster than the caller
 * reads. A stream's promise resolves when the last byte is handed to the socket or the caller has left. Throws or rejects
 * when a header cannot be written or the stream fails; what the answer holds is then the caller's to give back.
 */
export function sendAnswer(res: ServerResponse, answer: Answer, deps: SendDeps): Promise<void> | undefined {
  if (answer.kind === 'plain') return sendPlain(res, answer, deps);
  const { received, clock, extra } = deps;
  res.writeHead(answer.status, toRawHeaders(answer.headers, edgeHeaders(received, answer.headers, extra)));
  const isJson = answer.headers['content-type']?.startsWith('application/json') ?? false;
  const sent: SentStream = { res, body: new StreamBody(res), deps };
  const text = isJson ? JSON_KEEP_ALIVE : KEEP_ALIVE;
  return sendStream(answer.chunks, sent, answer.unframed ? undefined : new KeepAlive(sent, text, clock));
}

function sendPlain(res: ServerResponse, { status, headers, body }: PlainAnswer, deps: SendDeps): undefined {
  const bytes = typeof body === 'string' ? Buffer.from(body) : asBuffer(body);
  const raw = toRawHeaders(headers, edgeHeaders(deps.received, headers, deps.extra));
  // An answer to HEAD has the length of what GET would bring.
  if (!LENGTHLESS.has(status) && headers['content-length'] === undefined)
    raw.push('content-length', String(bytes.length));
  res.writeHead(status, raw);
  // With the others that are ready in this turn: whoever reads at the other end is woken once for several of them.
  setImmediate(endWith, res, bytes, deps);
}

function endWith(res: ServerResponse, bytes: Buffer, deps: SendDeps): void {
  // As text of single bytes, head and body go out in one write; as a buffer they would be two.
  if (bytes.length <= ONE_WRITE_BYTES) res.end(bytes.toString('latin1'), 'latin1');
  else res.end(bytes);
  boundRest(res, deps);
}

/** For what is handed over whole and did not all fit. */
function boundRest(res: ServerResponse, { waiting }: SendDeps): void {
  if (res.writableLength === 0) return;
  waiting.add(res);
  res.once('close', () => waiting.delete(res));
}

/** Names and values in turn, the form that Node writes with the least work. What both name is the edge's. */
function toRawHeaders(headers: Headers, edge: Headers): OutgoingHttpHeader[] {
  const raw: string[] = [];
  for (const name in headers) if (!(name in edge)) raw.push(name, headers[name] as string);
  for (const name in edge) raw.push(name, edge[name] as string);
  return raw;
}

interface SentStream {
  readonly res: ServerResponse;
  readonly body: StreamBody;
  readonly deps: SendDeps;
}

async function sendStream(
  chunks: AsyncIterable<Uint8Array | string>,
  { res, body, deps }: SentStream,
  keepAlive: KeepAlive | undefined,
): Promise<void> {
  try {
    for await (const chunk of chunks) {
      if (res.destroyed) break;
      keepAlive?.noteWrite();
      if (!body.write(chunk)) await drained(res, deps);
    }
  } finally {
    keepAlive?.stop();
  }
  body.end();
  boundRest(res, deps);
}

/** Resolves when the socket takes more, or is gone. */
function drained(res: ServerResponse, { waiting }: SendDeps): Promise<void> {
  waiting.add(res);
  return new Promise((resolve) => {
    const done = (): void => {
      waiting.delete(res);
      res.off('drain', done);
      res.off('close', done);
      resolve();
    };
    res.on('drain', done);
    res.on('close', done);
  });
}

/** One timer for each stream; a write only notes the time. */
class KeepAlive {
  readonly #sent: SentStream;
  readonly #text: string;
  readonly #clock: Clock;
  #wroteMs: number;
  #cancel: () => void;

  constructor(sent: SentStream, text: string, clock: Clock) {
    this.#sent = sent;
    this.#text = text;
    this.#clock = clock;
    this.#wroteMs = clock.monotonic();
    this.#cancel = clock.after(KEEP_ALIVE_MS, () => this.#look());
  }

  noteWrite(): void {
    this.#wroteMs = this.#clock.monotonic();
  }

  stop(): void {
    this.#cancel();
  }

  #look(): void {
    const silentMs = this.#clock.monotonic() - this.#wroteMs;
    if (silentMs < KEEP_ALIVE_MS) return this.#lookIn(KEEP_ALIVE_MS - silentMs);
    // Who does not read what is there needs no more of it. Frames are written whole: a comment never falls into one.
    const { res, body } = this.#sent;
    if (!res.writableNeedDrain) body.write(this.#text);
    this.noteWrite();
    this.#lookIn(KEEP_ALIVE_MS);
  }

  #lookIn(ms: number): void {
    this.#cancel = this.#clock.after(ms, () => this.#look());
  }
}
