import { toGatewayError } from '@sluice/contract';
import type { Cancel, Clock, StreamScanner } from '@sluice/contract';
import type { AttemptDeadline } from './attempt-deadline.js';
import { estimateTokens } from './estimate.js';
import type { HoldBack } from './snapshot.js';

/** Past this a stream is released, however little of it is text: what is held costs memory for each caller. */
const MAX_HELD_BYTES = 1_048_576;

/** How a stream began. */
export interface Beginning {
  /** Everything that came, in the caller's words. */
  readonly held: Uint8Array;
  /** The provider has sent everything, and `held` is the whole answer. */
  readonly ended: boolean;
  /** A read that is under way already. Its failure is for whoever takes it up. */
  readonly pending?: Promise<IteratorResult<Uint8Array>>;
}

export interface HoldBackParts {
  readonly reads: AsyncIterator<Uint8Array>;
  readonly scanner: StreamScanner;
  readonly deadline: AttemptDeadline;
  readonly clock: Clock;
  readonly holdBack: HoldBack;
}
/** How far to read on. */
export interface ReadingOn extends Pick<HoldBackParts, 'reads' | 'scanner' | 'deadline'> {
  isEnough(): boolean;
  readonly over?: Promise<typeof OVER> | undefined;
}

/**
 * Reads on from the first content until so many tokens have come, so much time has passed, the answer is whole, or more
 * would be held than is good. Rejects with whatever fails before: nobody has seen anything of this stream.
 */
export async function holdBack(first: Beginning, parts: HoldBackParts): Promise<Beginning> {
  const { scanner, deadline, clock, holdBack: rule } = parts;
  if (scanner.failure) throw scanner.failure;
  if (first.ended || scanner.finished || isEnough(scanner, rule)) return first;
  const time = rule.ms > 0 ? timeAfter(clock, rule.ms) : undefined;
  deadline.resume();
  try {
    return await readOn(first.held, { ...parts, over: time?.over, isEnough: () => isEnough(scanner, rule) });
  } finally {
    time?.cancel();
    deadline.rest();
  }
}

/** Reads until it is enough, the time is over, the answer is whole, or more would be held than is good. */
export async function readOn(
  first: Uint8Array,
  { reads, scanner, deadline, isEnough: isDone, over }: ReadingOn,
): Promise<Beginning> {
  const pieces = [first];
  let bytes = first.length;
  let ended = false;
  while (!ended && !scanner.finished && bytes < MAX_HELD_BYTES && !isDone()) {
    const pending = reads.next();
    const read = await settled(over ? Promise.race([pending, over]) : pending);
    if (read === OVER) return { held: Buffer.concat(pieces), ended, pending: watched(pending) };
    ended = read instanceof Cut || read.done === true;
    const before = scanner.progress;
    const piece = toPiece(scanner, read);
    if (scanner.failure) throw scanner.failure;
    if (scanner.progress !== before) deadline.touch();
    pieces.push(piece);
    bytes += piece.length;
  }
  return { held: Buffer.concat(pieces), ended };
}

const OVER = Symbol('the time to hold back is over');

/** A read that failed. Whether anything is missing then, the scanner knows. */
class Cut {
  readonly cause: unknown;

  constructor(cause: unknown) {
    this.cause = cause;
  }
}

async function settled<T>(read: Promise<T>): Promise<T | Cut> {
  try {
    return await read;
  } catch (cause) {
    return new Cut(cause);
  }
}

/** What a read brings, or what is still owed after a failed one, unless the answer is not whole without it. */
function toPiece(scanner: StreamScanner, read: IteratorResult<Uint8Array> | Cut): Uint8Array {
  if (!(read instanceof Cut)) return read.done ? scanner.end() : scanner.push(read.value);
  if (toGatewayError(read.cause).code === 'client_closed_request') throw read.cause;
  try {
    return scanner.end();
  } catch {
    throw read.cause;
  }
}

function isEnough(scanner: StreamScanner, { tokens }: HoldBack): boolean {
  return tokens > 0 && estimateTokens(scanner.summary().outputChars ?? 0) >= tokens;
}

/** A failure of the read is somebody else's to see, later; until then it must not count as unhandled. */
function watched<T>(pending: Promise<T>): Promise<T> {
  pending.catch(() => undefined);
  return pending;
}

function timeAfter(clock: Clock, ms: number): { readonly over: Promise<typeof OVER>; readonly cancel: Cancel } {
  const { promise, resolve } = Promise.withResolvers<typeof OVER>();
  return { over: promise, cancel: clock.after(ms, () => resolve(OVER)) };
}
