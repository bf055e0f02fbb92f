import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '@sluice/contract';
import { systemClock } from '../system-clock.js';

/** A body that is announced as no larger is read and thrown away, which costs less than a new connection. */
const WORTH_KEEPING_BYTES = 65_536;
/** How long a caller gets to read its answer before the connection is cut. */
const LINGER_MS = 2_000;

/**
 * Sees to a request that is answered before its body was read: the connection closes with the answer. A plain close with
 * bytes unread would reset it, and the caller would lose the answer; so our side is shut first, and the rest of the body
 * is neither read nor waited for.
 */
export function closeIfUnread(req: IncomingMessage, res: ServerResponse, clock: Clock): void {
  if (req.complete || !isLarge(req)) return;
  const { socket } = req;
  res.shouldKeepAlive = false;
  // Fills one buffer and stops: without a first read, Node would swallow the whole body.
  req.read(0);
  req.pause();
  closeGently(socket, clock);
}

const ENDING = Symbol('ending');
type Marked = Socket & { [ENDING]?: boolean };

/**
 * From now on the end of an answer shuts our side alone, and what is late gets no reset before the answer is read. Nothing
 * that follows on the connection is a request any more.
 */
export function closeGently(socket: Marked, clock: Clock = systemClock): void {
  socket[ENDING] = true;
  socket.destroySoon = () => {
    socket.end();
    clock.after(LINGER_MS, () => socket.destroy());
  };
}

/** Whether the answer that is under way on it is the last one. */
export function isEnding(socket: Marked): boolean {
  return socket[ENDING] === true;
}

function isLarge({ headers }: IncomingMessage): boolean {
  if (headers['transfer-encoding'] !== undefined) return true;
  return Number(headers['content-length'] ?? 0) > WORTH_KEEPING_BYTES;
}
