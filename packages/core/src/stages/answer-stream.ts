import type { Outcome, StreamScanner, Target } from '@sluice/contract';
import type { StreamAnswer } from '../answer.js';
import type { Attempted } from '../attempt-loop.js';
import { LiveStream } from '../live-stream.js';
import type { OpenedStream } from '../open-stream.js';
import { verdictOn } from '../routing/target-stats.js';
import type { Verdict } from '../routing/target-stats.js';
import { TappedScanner } from '../tapped-scanner.js';
import { headersOf } from './finish.js';
import { visibleId } from './run-context.js';
import type { Asked, RunContext } from './run-context.js';

interface StreamParts<Request> {
  readonly attempted: Attempted;
  readonly opened: OpenedStream;
  readonly asked: Asked<Request>;
}

/** Hands over a stream that has begun; the request ends when it does. */
export function answerStream<Request, Result, Event>(
  run: RunContext<Request, Result, Event>,
  { attempted, opened, asked }: StreamParts<Request>,
): StreamAnswer {
  const { call, endpoint } = run;
  const { streamType } = asked.parsed;
  const scanner = watched(opened, asked, attempted.candidate.target);
  call.served = attempted.candidate.target;
  call.status = 200;
  call.firstTokenMs = opened.firstTokenMs;
  giveVerdict(run, attempted, { scanner, stats: opened.stats });
  const headers = headersOf(run);
  headers['content-type'] = streamType ?? 'text/event-stream; charset=utf-8';
  headers['cache-control'] = 'no-cache';
  headers['x-accel-buffering'] = 'no';
  const chunks = new LiveStream(
    { ...opened, body: opened.response.body, scanner },
    {
      outcomeOf: (cause) => call.outcomeOf(cause),
      writeError: (error) => endpoint.dialect.writeStreamError(error, { requestId: visibleId(call), streamType }),
      settle: (outcome) => void call.scope.settle(outcome),
    },
  );
  return { kind: 'stream', status: 200, headers, chunks };
}

/** A probe has told enough by its first content; a closed circuit waits for the end of the stream. */
function giveVerdict<Request, Result, Event>(
  { call, ports }: RunContext<Request, Result, Event>,
  { candidate, permit }: Attempted,
  { scanner, stats }: Pick<OpenedStream, 'scanner' | 'stats'>,
): void {
  if (ports.circuits.state(candidate.circuit) !== 'closed') permit.succeed();
  call.scope.add((outcome) => {
    call.summary = scanner.summary();
    stats.end(verdictOf(outcome), ports.clock.monotonic());
    if (outcome.kind === 'completed') permit.succeed();
    else if (outcome.kind === 'failed') permit.fail(outcome.error);
    else permit.forget();
  });
}

function verdictOf(outcome: Outcome): Verdict | undefined {
  if (outcome.kind === 'completed') return 'ok';
  return outcome.kind === 'failed' ? verdictOn(outcome.error) : undefined;
}

/** The scanner of a stream; what it lets through is also shown to the endpoint's memory, where that keeps it. */
function watched<Request>(
  { scanner, held }: OpenedStream,
  { recalled }: Asked<Request>,
  { provider }: Target,
): StreamScanner {
  const keep = recalled?.keep;
  if (!keep) return scanner;
  keep(held, provider);
  return new TappedScanner(scanner, (bytes) => keep(bytes, provider));
}
