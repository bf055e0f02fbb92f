import type { ChatRequest } from '@sluice/contract';
import type { PlainAnswer } from '../answer.js';
import { countPrompt } from '../estimate.js';
import type { Candidate, Plan } from '../routing/plan.js';
import { finishPlain } from './finish.js';
import { toWriteContext } from './run-context.js';
import type { Asked, RunContext } from './run-context.js';

const ESTIMATED = [{ parameter: 'count', action: 'emulated' }] as const;

/** Where no target counts tokens, the gateway counts, and says so. */
export async function countHere<Request, Result, Event>(
  run: RunContext<Request, Result, Event>,
  { target }: Pick<Candidate, 'target'>,
  { parsed }: Asked<Request>,
): Promise<PlainAnswer> {
  const { call, endpoint, ports } = run;
  const { dialect } = endpoint;
  const request = parsed.toRequest() as unknown as ChatRequest;
  await ports.tokens?.ready(target.model);
  const { tokens: inputTokens } = countPrompt(request, (texts) => ports.tokens?.count(texts, target.model));
  call.served = target;
  call.adjustments = ESTIMATED;
  const written = dialect.writeResult({ inputTokens } as Result, toWriteContext(call, parsed));
  return finishPlain(run, written as string, 'application/json');
}

/** Who would have counted, where nobody of the plan can. */
export function countedFor<Request, Result, Event>(
  { endpoint }: RunContext<Request, Result, Event>,
  { candidates: [first] }: Plan,
): Candidate | undefined {
  return endpoint.operation === 'countTokens' && !first?.provider.provider.operations.countTokens ? first : undefined;
}
