import type { PlainAnswer } from '../answer.js';
import { answerText } from '../answer-text.js';
import type { Opened } from '../attempt.js';
import type { Attempted } from '../attempt-loop.js';
import { finishPlain } from './finish.js';
import { mayKeep } from './may-keep.js';
import type { Asked, RunContext } from './run-context.js';

interface PlainParts<Request> {
  readonly attempted: Attempted;
  readonly opened: Extract<Opened, { kind: 'plain' }>;
  readonly asked: Asked<Request>;
  readonly cacheKey: string | undefined;
}

/** Hands over a whole answer, and keeps it where it may be asked for again. */
export function answerPlain<Request, Result, Event>(
  run: RunContext<Request, Result, Event>,
  { attempted, opened, asked, cacheKey }: PlainParts<Request>,
): PlainAnswer {
  const { call, ports } = run;
  const { candidate, permit, slot } = attempted;
  permit.succeed();
  slot.release();
  const { body, contentType, summary } = opened;
  call.served = candidate.target;
  call.summary = summary;
  if (!summary.usage) call.outputText = () => answerText(body);
  asked.recalled?.keep?.(body, candidate.target.provider);
  if (cacheKey !== undefined && mayKeep(body, asked.parsed.wire)) {
    ports.cache?.store(cacheKey, {
      body: typeof body === 'string' ? Buffer.from(body) : body,
      contentType,
      provider: candidate.target.provider,
      model: candidate.target.model,
      ...(summary.usage ? { usage: summary.usage } : {}),
    });
  }
  return finishPlain(run, body, contentType);
}
