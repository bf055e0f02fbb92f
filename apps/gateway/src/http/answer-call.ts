import type { IncomingMessage, ServerResponse } from 'node:http';
import { isGatewayError } from '@sluice/contract';
import type { Clock } from '@sluice/contract';
import type { Answer, ReceivedCall } from '@sluice/core';
import type { Cors } from '../cors/cors.js';
import type { Callers } from './callers.js';
import { sendAnswer } from './send-answer.js';
import { closeIfUnread } from './unread-body.js';
import type { Waiting } from './write-clock.js';

export interface AnswerDeps {
  readonly callers: Callers;
  readonly clock: Clock;
  /** False once the gateway is about to stop: connections then close with their answer. */
  keepsConnections(): boolean;
  readonly waiting: Waiting;
  /** The CORS headers of an answer. */
  readonly cors: Cors;
  onInternalError(cause: unknown): void;
}

/** A request and the response that it waits for. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

/**
 * Takes a request from the socket, has `make` answer it and sends the answer. Never rejects: what fails in here is
 * reported, and the caller is cut off, for half an answer cannot be taken back.
 */
export async function answerCall(
  make: (received: ReceivedCall) => Promise<Answer>,
  { req, res }: Exchange,
  { callers, clock, cors, keepsConnections, waiting, onInternalError }: AnswerDeps,
): Promise<void> {
  let answer: Answer | undefined;
  try {
    const received = callers.receive(req, res);
    answer = await make(received);
    // Decided only now: a call that began before the stop must not leave a connection behind that nobody will serve.
    // What is late of a request is not waited for after all.
    if (!keepsConnections() || answer.status === 408) res.shouldKeepAlive = false;
    closeIfUnread(req, res, clock);
    const sending = sendAnswer(res, answer, { received, clock, waiting, extra: corsHeaders(req, cors) });
    if (sending) await sending;
  } catch (cause) {
    // A failure of the table has its row: the cut tells the caller of it.
    if (!isGatewayError(cause) || cause.code === 'internal_error') onInternalError(cause);
    res.destroy();
    if (answer) await giveBack(answer).catch(onInternalError);
  }
}

/** What an answer that is not sent still holds. */
async function giveBack(answer: Answer): Promise<void> {
  if (answer.kind === 'stream') await answer.chunks[Symbol.asyncIterator]().return?.();
}

function corsHeaders({ method = '', url = '', headers }: IncomingMessage, cors: Cors) {
  return cors.headers({ method, path: url, headers });
}
