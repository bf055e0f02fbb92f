import { gatewayError } from '@sluice/contract';
import type { ChatRequest } from '@sluice/contract';
import type { Answer, PlainAnswer } from './answer.js';
import { Once } from './once.js';
import type { Plan } from './routing/plan.js';
import { admit } from './stages/admit.js';
import { answerDetached } from './stages/answer-detached.js';
import { answerPlain } from './stages/answer-plain.js';
import { answerStream } from './stages/answer-stream.js';
import { attemptTargets } from './stages/attempt-targets.js';
import { countHere, countedFor } from './stages/count-here.js';
import { guardCall } from './stages/guard-call.js';
import { cacheKeyOf, lookUp } from './stages/look-up.js';
import { goOnWithout } from './stages/go-on-without.js';
import { onceRequest } from './stages/once-request.js';
import { planElsewhere } from './stages/plan-elsewhere.js';
import { planRoute } from './stages/plan-route.js';
import { readCall } from './stages/read-call.js';
import { refuse } from './stages/refuse.js';
import { visibleId } from './stages/run-context.js';
import type { Admitted, Asked, RunContext } from './stages/run-context.js';
import { stopInTime } from './stages/stop-in-time.js';

/**
 * The stages of one request, in the order in which they run; each is a file of `stages/`, beside what only they use. Never
 * rejects: a failure of any of them is an answer in the caller's dialect.
 */
export async function answer<Request extends Pick<ChatRequest, 'extensions'>, Result, Event>(
  run: RunContext<Request, Result, Event>,
): Promise<Answer> {
  try {
    if (run.ports.isRefusing()) throw gatewayError('draining', { details: { retryAfterMs: 1_000 } });
    stopInTime(run);
    const asked = await readCall(run);
    const known = run.once && (await run.once.claim(onceRequest(run, asked)));
    if (known) return known;
    const plan = planRoute(run, asked);
    const { principal, parsed, raw } = asked;
    const { operation, dialect } = run.endpoint;
    const admitted = await admit(run, {
      principal,
      parsed,
      operation,
      dialect: dialect.id,
      wire: raw.wire,
      candidates: plan.candidates,
      mayGoElsewhere: true,
    });
    run.once?.begin();
    const { instead } = admitted.admission;
    const way = instead === undefined ? plan : planElsewhere(run, { asked, alias: instead });
    const { guards } = run.ports;
    const checked = guards ? await guardCall(admitted, guards, { asked, plan: way }) : asked;
    const { detached } = checked.recalled ?? {};
    if (detached)
      return answerDetached(run, detached, () => serve(admitted, way, checked).catch((cause) => fail(run, cause)));
    goOnWithout(run, way.policy);
    return await serve(admitted, way, checked);
  } catch (cause) {
    return fail(run, cause);
  }
}

/** As `answer`, for a call that its caller has given a key: whoever asks again with it gets the first answer. */
export async function answerOnce<Request extends Pick<ChatRequest, 'extensions'>, Result, Event>(
  run: RunContext<Request, Result, Event>,
): Promise<Answer> {
  const once = (run.once = new Once(run));
  return once.end(await answer(run));
}

/** What comes once the call is admitted. */
async function serve<Request extends Pick<ChatRequest, 'extensions'>, Result, Event>(
  run: Admitted<RunContext<Request, Result, Event>>,
  plan: Plan,
  asked: Asked<Request>,
): Promise<Answer> {
  const counting = countedFor(run, plan);
  if (counting) return countHere(run, counting, asked);
  const cacheKey = cacheKeyOf(run, asked, plan);
  const cached = cacheKey === undefined ? undefined : await lookUp(run, cacheKey);
  if (cached) return cached;
  const attempted = await attemptTargets(run, plan, asked);
  const { opened } = attempted;
  return opened.kind === 'plain'
    ? answerPlain(run, { attempted, opened, asked, cacheKey })
    : answerStream(run, { plan, attempted, opened, asked });
}

function fail<Request, Result, Event>(run: RunContext<Request, Result, Event>, cause: unknown): PlainAnswer {
  return refuse(run, cause, (error) => run.endpoint.dialect.writeError(error, { requestId: visibleId(run.call) }));
}
