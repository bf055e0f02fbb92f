import { toGatewayError } from '@sluice/contract';
import type {
  AnswerSummary,
  Clock,
  GatewayError,
  Provider,
  ResponseHead,
  Transport,
  UpstreamResponse,
} from '@sluice/contract';
import { AttemptDeadline } from './attempt-deadline.js';
import type { Account } from './attempts/key-ring.js';
import type { Call } from './call.js';
import type { CodedAnswer, Codec } from './codec.js';
import { openStream } from './open-stream.js';
import type { OpenedStream } from './open-stream.js';
import { isOfType, unexpected } from './response-type.js';
import type { Candidate } from './routing/plan.js';
import { verdictOn } from './routing/target-stats.js';
import type { TargetStatsTable } from './routing/target-stats.js';
import type { HoldBack, Timeouts } from './snapshot.js';

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
  | OpenedStream;

/** What is asked of whom, with which key, and how. */
export interface AttemptParts {
  readonly candidate: Candidate;
  readonly account: Account;
  readonly codec: Codec;
  /** The caller's, or one that follows it. */
  readonly signal: AbortSignal;
  /** Absent = a stream is released with its first content. */
  readonly holdBack?: HoldBack | undefined;
}

export interface AttemptDeps {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly stats: TargetStatsTable;
}

/**
 * One try at one target, up to the commit point: the whole body of a plain answer, the first content of a stream or
 * more where it is held back. Rejects with an error of the table; then nothing of the attempt is left open.
 */
export async function attempt(
  call: Call,
  { candidate, candidate: { timeouts }, codec, account: { provider }, holdBack, signal }: AttemptParts,
  { clock, transport, stats: table }: AttemptDeps,
): Promise<Opened> {
  const stats = table.of(candidate.circuit);
  const kind = call.stream ? 'stream' : 'plain';
  const beganMs = call.elapsedMs();
  stats.begin(kind, clock.monotonic());
  const deadline = new AttemptDeadline(clock, signal);
  try {
    armForHead(deadline, call, timeouts);
    const request = await provider.authorize(withTrace(codec.request, call), deadline.signal);
    call.beginAsking(candidate.target);
    const response = await transport.send(request, { connectTimeoutMs: timeouts.connectMs }, deadline.signal);
    stats.noteHeaders(response.head.headers, clock.monotonic());
    if (response.head.status < 200 || response.head.status > 299) throw await readFailure(response, provider, clock);
    if (call.stream) {
      const opened = await openStream(call, { codec, response, deadline, timeouts, holdBack, clock, stats });
      stats.answered(kind, opened.firstTokenMs - beganMs, clock.monotonic());
      return opened;
    }
    if (timeouts.firstTokenBindsPlain) armTotal(deadline, call, timeouts);
    const bytes = await response.body.bytes(MAX_ANSWER_BYTES);
    call.endWait();
    deadline.dispose();
    const plain = toPlain(codec, response.head, bytes);
    const answer = plain instanceof Promise ? await waited(call, plain) : plain;
    stats.answered(kind, call.elapsedMs() - beganMs, clock.monotonic());
    stats.end('ok', clock.monotonic());
    return answer;
  } catch (cause) {
    call.failAsking();
    deadline.dispose();
    const failure = toGatewayError(deadline.signal.aborted ? deadline.signal.reason : cause);
    stats.gaveUp(kind, call.elapsedMs() - beganMs, clock.monotonic());
    stats.end(signal.aborted ? undefined : verdictOn(failure), clock.monotonic());
    throw failure;
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

async function readFailure({ head, body }: UpstreamResponse, provider: Provider, clock: Clock): Promise<GatewayError> {
  const bytes = await body.bytes(MAX_ERROR_BYTES).catch(() => EMPTY);
  return provider.classify({ stage: 'status', head: dated(head, clock), body: bytes });
}

/** A `Retry-After` that is a date is held against the answer's own, or against the time of its arrival: RFC 9110, 6.6.1. */
function dated(head: ResponseHead, clock: Clock): ResponseHead {
  const { headers, status } = head;
  if (headers['retry-after'] === undefined || headers['date'] !== undefined) return head;
  return { status, headers: { ...headers, date: new Date(clock.now()).toUTCString() } };
}

function toPlain(codec: Codec, head: ResponseHead, bytes: Uint8Array): Opened | Promise<Opened> {
  if (isOfType(head, 'text/event-stream')) throw unexpected('a stream', 'a plain answer');
  const coded = codec.plain(bytes, head);
  return coded instanceof Promise ? coded.then(toOpened) : toOpened(coded);
}

function toOpened({ body, contentType, summary }: CodedAnswer): Opened {
  return { kind: 'plain', body, contentType, summary };
}

/** The time of those who judge an answer is not the gateway's own. */
async function waited<T>(call: Call, pending: Promise<T>): Promise<T> {
  call.beginWait();
  try {
    return await pending;
  } finally {
    call.endWait();
  }
}
