import type { ChatRequest } from '@sluice/contract';
import { attempt } from '../attempt.js';
import { runAttempts } from '../attempt-loop.js';
import type { Attempted } from '../attempt-loop.js';
import type { Plan } from '../routing/plan.js';
import { chooseCodec, continuableCodec } from './choose-codec.js';
import { mayGoOnAfter } from './continue-answer.js';
import type { Admitted, Asked, RunContext } from './run-context.js';

const ELSEWHERE = { parameter: 'model', action: 'changed' } as const;

/** Asks the plan's targets until one answers. */
export function attemptTargets<Request extends Pick<ChatRequest, 'extensions'>, Result, Event>(
  run: Admitted<RunContext<Request, Result, Event>>,
  plan: Plan,
  asked: Asked<Request>,
): Promise<Attempted> {
  const { call, ports, admission } = run;
  const { holdBack, continuation } = plan.policy;
  return runAttempts(call, plan, {
    admission,
    clock: ports.clock,
    circuits: ports.circuits,
    slots: ports.slots,
    backoff: ports.backoff,
    memory: ports.attempts,
    tryOne: (candidate, account, signal) => {
      const isContinuable = continuation !== undefined && mayGoOnAfter(candidate, plan, asked);
      const codec = (isContinuable ? continuableCodec : chooseCodec)(run, asked, candidate);
      call.adjustments = admission.instead === undefined ? codec.adjustments : [ELSEWHERE, ...codec.adjustments];
      return attempt(call, { candidate, codec, account, holdBack, signal }, ports);
    },
  });
}
