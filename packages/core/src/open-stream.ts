import { isGatewayError } from '@sluice/contract';
import type { Clock, GatewayError, StreamScanner, UpstreamBody, UpstreamResponse } from '@sluice/contract';
import type { AttemptDeadline } from './attempt-deadline.js';
import type { Call } from './call.js';
import type { Codec } from './codec.js';
import type { AnswerSoFar } from './continuation/answer-so-far.js';
import { holdBack } from './hold-back.js';
import { holdForGuards } from './hold-for-guards.js';
import type { GuardedBeginning } from './hold-for-guards.js';
import type { Beginning } from './hold-back.js';
import { isCompressed, isOfType, unexpected } from './response-type.js';
import type { TargetStats } from './routing/target-stats.js';
import type { HoldBack, Timeouts } from './snapshot.js';
import { StreamState } from './stream-state.js';

/** Of a 200 that is no stream, this much is read to find out what it says. */
const MAX_ERROR_BYTES = 65_536;

/** What a stream is read from. */
export interface StreamSource {
  readonly body: UpstreamBody;
  readonly reads: AsyncIterator<Uint8Array>;
  readonly scanner: StreamScanner;
  readonly deadline: AttemptDeadline;
  readonly state: StreamState;
}

/** A stream that may be handed over. */
export interface OpenedStream {
  readonly kind: 'stream';
  readonly source: StreamSource;
  /** Apart from all that stays as long as the stream lasts: what came first is let go once the caller has it. */
  readonly beginning: Beginning;
  /** Absent where nobody else could go on with this answer. */
  readonly soFar: AnswerSoFar | undefined;
  /** When the first content came, in milliseconds since the request began. */
  readonly firstTokenMs: number;
  /** Whoever takes the stream owes them its `end`. */
  readonly stats: TargetStats;
}

export interface Opening {
  readonly codec: Codec;
  readonly response: UpstreamResponse;
  readonly deadline: AttemptDeadline;
  readonly timeouts: Timeouts;
  readonly holdBack: HoldBack | undefined;
  readonly clock: Clock;
  readonly stats: TargetStats;
}

/**
 * Reads until the stream may be handed over: until the first content, and on from there where it is held back. Vendors
 * send a start and then stall, so a start commits to nothing.
 */
export async function openStream(call: Call, opening: Opening): Promise<OpenedStream> {
  const { codec, response, deadline, timeouts, stats } = opening;
  if (!isOfType(response.head, codec.streamType)) throw await explainNoStream(codec, response);
  const state = new StreamState();
  try {
    if (isCompressed(response.head)) throw unexpected('a compressed stream', 'a plain one');
    const scanner = codec.stream(response.head);
    const reads = response.body[Symbol.asyncIterator]();
    let beginning = await readUntilContent(reads, scanner);
    state.step('content');
    const firstTokenMs = call.elapsedMs();
    deadline.watch({ idleMs: timeouts.idleMs, leftMs: timeouts.totalMs - firstTokenMs });
    const { gate } = codec;
    if (gate) beginning = await guarded(call, beginning, { reads, scanner, deadline, gate });
    const rule = opening.holdBack;
    if (rule) beginning = await holdBack(beginning, { reads, scanner, deadline, clock: opening.clock, holdBack: rule });
    state.step('release');
    call.endWait();
    const source = { body: response.body, reads, scanner, deadline, state };
    return { kind: 'stream', source, beginning, soFar: codec.soFar, firstTokenMs, stats };
  } catch (cause) {
    state.step(call.signal.aborted ? 'leave' : 'cut');
    response.body.cancel();
    throw cause;
  }
}

/** What guards refuse was answered, and so paid for. */
async function guarded(call: Call, first: Beginning, parts: GuardedBeginning): Promise<Beginning> {
  try {
    return await holdForGuards(first, parts);
  } catch (cause) {
    if (isGatewayError(cause, 'content_policy_violation')) call.setAside(parts.scanner.summary());
    throw cause;
  }
}

async function readUntilContent(reads: AsyncIterator<Uint8Array>, scanner: StreamScanner): Promise<Beginning> {
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
async function explainNoStream(codec: Codec, { head, body }: UpstreamResponse): Promise<GatewayError> {
  await codec.plain(await body.bytes(MAX_ERROR_BYTES), head);
  return unexpected('a plain answer', 'a stream');
}
