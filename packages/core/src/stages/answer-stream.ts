import type { ChatRequest } from '@sluice/contract';
import type { StreamAnswer } from '../answer.js';
import type { Attempted } from '../attempt-loop.js';
import { LiveStream } from '../live-stream.js';
import type { OpenedStream } from '../open-stream.js';
import type { Plan } from '../routing/plan.js';
import { headersOf } from './finish.js';
import { visibleId } from './run-context.js';
import type { Admitted, Asked, RunContext } from './run-context.js';
import { Serving } from './serving.js';

interface StreamParts<Request> {
  readonly plan: Plan;
  readonly attempted: Attempted;
  readonly opened: OpenedStream;
  readonly asked: Asked<Request>;
}

/** Hands over a stream that has begun; the request ends when it does. */
export function answerStream<Request extends Pick<ChatRequest, 'extensions'>, Result, Event>(
  run: Admitted<RunContext<Request, Result, Event>>,
  parts: StreamParts<Request>,
): StreamAnswer {
  const { call, endpoint } = run;
  const { opened, attempted } = parts;
  const { streamType } = parts.asked.parsed;
  call.status = 200;
  call.firstTokenMs = opened.firstTokenMs;
  const serving = new Serving(run, parts);
  const stream = serving.take(attempted, opened);
  const headers = headersOf(run);
  headers['content-type'] = streamType ?? 'text/event-stream; charset=utf-8';
  headers['cache-control'] = 'no-cache';
  headers['x-accel-buffering'] = 'no';
  const chunks = new LiveStream(stream, {
    outcomeOf: (cause) => call.outcomeOf(cause),
    writeError: (error) => endpoint.dialect.writeStreamError(error, { requestId: visibleId(call), streamType }),
    settle: (outcome) => void call.scope.settle(outcome.kind === 'completed' ? call.completed() : outcome),
    ...(call.drain ? { drain: call.drain } : {}),
    ...(opened.soFar ? { goOn: (error) => serving.goOn(error) } : {}),
  });
  return { kind: 'stream', status: 200, headers, chunks };
}
