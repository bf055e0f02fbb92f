import type { DetachedAnswer, DetachedCall } from '@sluice/contract';
import type { Answer } from '../answer.js';
import { headersOf } from './finish.js';
import type { CallContext } from './run-context.js';

/**
 * Answers a caller that does not wait, and goes on without it: from here on the call ends when its work does. Where it
 * does not begin, it fails as any call.
 */
export function answerDetached(run: CallContext, detached: DetachedCall, work: () => Promise<DetachedAnswer>): Answer {
  const headers = headersOf(run);
  const callers = run.call.signal;
  run.call.signal = detached.signal;
  try {
    const told = detached.begin(work);
    headers['cache-control'] = 'no-cache';
    headers['content-type'] = typeof told === 'string' ? 'application/json' : 'text/event-stream; charset=utf-8';
    if (typeof told === 'string') return { kind: 'plain', status: 200, headers, body: told };
    headers['x-accel-buffering'] = 'no';
    return { kind: 'stream', status: 200, headers, chunks: told };
  } catch (cause) {
    run.call.signal = callers;
    throw cause;
  }
}
