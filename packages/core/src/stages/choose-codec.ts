import type { ChatRequest, Operation } from '@sluice/contract';
import { passCodec, translateCodec } from '../codec.js';
import type { Codec } from '../codec.js';
import { fitParsed, fitRaw, refusedParameters, telling } from '../fit-call.js';
import type { Candidate } from '../routing/plan.js';
import { toWriteContext } from './run-context.js';
import type { Asked, RunContext } from './run-context.js';

/** The call in a target's words: the caller's own bytes where the target speaks its dialect, else the canonical form. */
export function chooseCodec<Request extends Pick<ChatRequest, 'extensions'>, Result, Event>(
  { call, endpoint: { dialect, operation: name } }: RunContext<Request, Result, Event>,
  { parsed, raw, recalled }: Asked<Request>,
  { provider, target }: Candidate,
): Codec {
  const operation = provider.provider.operations[name] as unknown as Operation<Request, Result, Event>;
  const through = operation.passthroughs?.find((one) => one.dialect === dialect.id);
  const passes = parsed.passes !== false && (through?.serves?.(target.model) ?? true);
  // Earlier turns may be known to one provider alone: to every other, the caller's bytes would not say everything.
  const saysAll = recalled?.onlyAt === undefined || recalled.onlyAt === target.provider;
  const refused = name === 'chat' ? refusedParameters(parsed, dialect.id, target.facts) : [];
  if (through && passes && saysAll) {
    const fit = fitRaw(raw, dialect.id, refused);
    if (through.takes?.(fit, target) ?? true) return telling(refused, passCodec(through, fit, target));
  }
  const context = toWriteContext(call, parsed);
  const translation = { dialect, parsed: fitParsed(parsed, refused), context };
  return telling(refused, translateCodec(operation, translation, target));
}
