import type { ChatRequest } from '@sluice/contract';
import type { PlainAnswer } from '../answer.js';
import { estimatePrompt } from '../estimate.js';
import type { Plan } from '../routing/plan.js';
import { finishPlain } from './finish.js';
import { toWriteContext } from './run-context.js';
import type { Asked, RunContext } from './run-context.js';

const ESTIMATED = [{ parameter: 'count', action: 'emulated' }] as const;

/** Where no target counts tokens, the gateway estimates, and says so. */
export function countHere<Request, Result, Event>(
  run: RunContext<Request, Result, Event>,
  { candidates: [first] }: Plan,
  { parsed }: Asked<Request>,
): PlainAnswer | undefined {
  const { call, endpoint } = run;
  const { operation, dialect } = endpoint;
  if (operation !== 'countTokens' || !first || first.provider.provider.operations.countTokens) return undefined;
  const inputTokens = estimatePrompt(parsed.toRequest() as unknown as ChatRequest);
  call.served = first.target;
  call.adjustments = ESTIMATED;
  const written = dialect.writeResult({ inputTokens } as Result, toWriteContext(call, parsed));
  return finishPlain(run, written as string, 'application/json');
}
