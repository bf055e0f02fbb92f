import { gatewayError, toGatewayError } from '@sluice/contract';
import type {
  AnswerSummary,
  Clock,
  GatewayError,
  Provider,
  ResponseHead,
  StreamScanner,
  Transport,
  UpstreamResponse,
} from '@sluice/contract';
import { AttemptDeadline } from './attempt-deadline.js';
import type { Call } from './call.js';
import type { Codec } from './codec.js';
import type { Candidate } from './routing/plan.js';
import type { Timeouts } from './snapshot.js';

/** An answer larger than this is refused. */
const MAX_ANSWER_BYTES = 33_554_432;
/** Of an error body, this much is read to find out what it says. */
const MAX_ERROR_BYTES = 65_536;
const EMPTY = new Uint8Array(0);

/** What one successful attempt brought. */
export type Opened =
  | {
      readonly kind: 'plain';
      readonly body: Uint8Array | string;
      readonly contentType: string;
      readonly summary: AnswerSummary;
    }
  | ({
      readonly kind: 'stream';
      readonly response: UpstreamResponse;
      readonly reads: AsyncIterator<Uint8Array>;
      readonly scanner: StreamScanner;
      readonly deadline: AttemptDeadline;
    } & FirstBytes);

interface FirstBytes {
  /** Everything up to the commit point. */
  readonly held: Uint8Array;
  /** The provider has sent everything, and `held` is the whole answer. */
  readonly ended: boolean;
}

export interface AttemptDeps {
  readonly clock: Clock;
  readonly transport: Transport;
}

/**
 * One try at one target, up to the commit point: the whole body of a plain answer, the first content of a stream.
 * Rejects with an error of the table; then nothing of the attempt is left open.
 */
export async function attempt(
  call: Call,
  { candidate, codec }: { readonly candidate: Candidate; readonly codec: Codec },
  { clock, transport }: AttemptDeps,
): Promise<Opened> {
  const deadline = new AttemptDeadline(clock, call.received.signal);
  const { provider } = candidate.provider;
  const { timeouts } = candidate;
  try {
    armForHead(deadline, call, timeouts);
    const request = await provider.authorize(withTrace(codec.request, call), deadline.signal);
    call.beginWait();
    const response = await transport.send(request, { connectTimeoutMs: timeouts.connectMs }, deadline.signal);
    if (response.head.status < 200 || response.head.status > 299) throw await readFailure(response, provider);
    if (call.stream) return await openStream(call, { codec, response, deadline, timeouts });
    if (timeouts.firstTokenBindsPlain) armTotal(deadline, call, timeouts);
    const bytes = await response.body.bytes(MAX_ANSWER_BYTES);
    call.endWait();
    deadline.dispose();
    return toPlain(codec, response.head, bytes);
  } catch (cause) {
    call.endWait();
    deadline.dispose();
    throw toGatewayError(deadline.signal.aborted ? deadline.signal.reason : cause);
  }
}

/** Until the head is there. */
export function armForHead(deadline: AttemptDeadline, call: Call, timeouts: Timeouts): void {
  const bound = call.stream || timeouts.firstTokenBindsPlain ? timeouts.firstTokenMs : undefined;
  const leftMs = timeouts.totalMs - call.elapsedMs();
  if (bound === undefined || bound >= leftMs) deadline.arm(leftMs, 'The answer took longer than its total time.');
  else deadline.arm(bound, `The provider sent nothing within ${bound} ms.`);
}

function armTotal(deadline: AttemptDeadline, call: Call, timeouts: Timeouts): void {
  deadline.arm(timeouts.totalMs - call.elapsedMs(), 'The answer took longer than its total time.');
}

/** The request as a part of the caller's trace. */
export function withTrace(request: Codec['request'], call: Call): Codec['request'] {
  const { trace, headers } = call.received;
  const tracestate = headers['tracestate'];
  const traced: Record<string, string> = { ...request.headers, traceparent: trace.traceparent };
  if (typeof tracestate === 'string') traced['tracestate'] = tracestate;
  return { ...request, headers: traced };
}

async function readFailure({ head, body }: UpstreamResponse, provider: Provider): Promise<GatewayError> {
  const bytes = await body.bytes(MAX_ERROR_BYTES).catch(() => EMPTY);
  return provider.classify({ stage: 'status', head, body: bytes });
}

function toPlain(codec: Codec, head: ResponseHead, bytes: Uint8Array): Opened {
  if (isOfType(head, 'text/event-stream')) throw unexpected('a stream', 'a plain answer');
  const { body: answer, contentType, summary } = codec.plain(bytes, head);
  return { kind: 'plain', body: answer, contentType, summary };
}

interface Opening {
  readonly codec: Codec;
  readonly response: UpstreamResponse;
  readonly deadline: AttemptDeadline;
  readonly timeouts: Timeouts;
}

/** Reads until the first content. Vendors send a start and then stall, so a start commits to nothing. */
async function openStream(call: Call, { codec, response, deadline, timeouts }: Opening): Promise<Opened> {
  if (!isOfType(response.head, codec.streamType)) throw await explainNoStream(codec, response);
  try {
    if (isCompressed(response.head)) throw unexpected('a compressed stream', 'a plain one');
    const scanner = codec.stream(response.head);
    const reads = response.body[Symbol.asyncIterator]();
    const first = await readUntilCommitted(reads, scanner);
    call.endWait();
    deadline.watch({ idleMs: timeouts.idleMs, leftMs: timeouts.totalMs - call.elapsedMs() });
    return { kind: 'stream', response, reads, scanner, ...first, deadline };
  } catch (cause) {
    response.body.cancel();
    throw cause;
  }
}

async function readUntilCommitted(reads: AsyncIterator<Uint8Array>, scanner: StreamScanner): Promise<FirstBytes> {
  const pieces: Uint8Array[] = [];
  let ended = false;
  while (!scanner.committed && !ended) {
    const read = await reads.next();
    ended = read.done === true;
    const bytes = read.done ? scanner.end() : scanner.push(read.value);
    if (bytes.length > 0) pieces.push(bytes);
    if (scanner.failure && !scanner.committed) throw scanner.failure;
  }
  return { held: pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces), ended };
}

/** A 200 that is no stream usually holds an error; its own words are better than ours. */
async function explainNoStream(codec: Codec, { head, body }: UpstreamResponse): Promise<Error> {
  codec.plain(await body.bytes(MAX_ERROR_BYTES), head);
  return unexpected('a plain answer', 'a stream');
}

function isOfType({ headers }: ResponseHead, type: string): boolean {
  return headers['content-type']?.startsWith(type) ?? false;
}

/** Frames cannot be told apart in compressed bytes, and the request asked for none. */
function isCompressed({ headers }: ResponseHead): boolean {
  return (headers['content-encoding'] ?? 'identity') !== 'identity';
}

function unexpected(got: string, wanted: string): GatewayError {
  return gatewayError('upstream_invalid_response', { message: `The provider sent ${got} instead of ${wanted}.` });
}
