import type { ChatEvent, ChatRequest, Operation, ParsedCall, StreamWriter } from '@sluice/contract';
import { passCodec, translateCodec } from '../codec.js';
import type { Codec } from '../codec.js';
import { AnswerSoFar } from '../continuation/answer-so-far.js';
import { fitParsed, fitRaw, refusedParameters, telling } from '../fit-call.js';
import type { Candidate } from '../routing/plan.js';
import { guardedWriter, plainCheck } from './guard-call.js';
import { toWriteContext } from './run-context.js';
import type { Asked, RunContext } from './run-context.js';

/** The call in a target's words: the caller's own bytes where the target speaks its dialect, else the canonical form. */
export function chooseCodec<Request extends Pick<ChatRequest, 'extensions'>, Result, Event>(
  run: RunContext<Request, Result, Event>,
  { parsed, raw, recalled }: Asked<Request>,
  candidate: Candidate,
): Codec {
  const { dialect, operation: name } = run.endpoint;
  const { provider, target } = candidate;
  const operation = provider.provider.operations[name] as unknown as Operation<Request, Result, Event>;
  const through = operation.passthroughs?.find((one) => one.dialect === dialect.id);
  const passes = parsed.passes !== false && (through?.serves?.(target.model) ?? true);
  // Earlier turns may be known to one provider alone: to every other, the caller's bytes would not say everything.
  const saysAll = recalled?.onlyAt === undefined || recalled.onlyAt === target.provider;
  if (through && passes && saysAll) {
    const looked = { parsed, wire: raw.wire };
    const refused = name === 'chat' ? refusedParameters(looked, dialect.id, target.facts) : [];
    const fit = fitRaw(raw, dialect.id, refused);
    if (through.takes?.(fit, target) ?? true) return telling(refused, passCodec(through, fit, target));
  }
  const gate = guardedWriter(run, parsed);
  if (!gate) return translated(run, { parsed }, candidate);
  return { ...translated(run, { parsed, writer: gate as unknown as StreamWriter<Event> }, candidate), gate };
}

/** The call through the canonical form, even where bytes could pass, for an answer that another target may finish. */
export function continuableCodec<Request extends Pick<ChatRequest, 'extensions'>, Result, Event>(
  run: RunContext<Request, Result, Event>,
  { parsed }: Asked<Request>,
  candidate: Candidate,
): Codec {
  const gate = guardedWriter(run, parsed);
  const writer = gate ?? run.endpoint.dialect.stream?.open(toWriteContext(run.call, parsed));
  if (!writer) return translated(run, { parsed }, candidate);
  const soFar = new AnswerSoFar(writer as unknown as StreamWriter<ChatEvent>);
  const codec = translated(run, { parsed, writer: soFar as unknown as StreamWriter<Event> }, candidate);
  return { ...codec, soFar, ...(gate ? { gate } : {}) };
}

interface Translated<Request, Event> {
  readonly parsed: ParsedCall<Request>;
  readonly writer?: StreamWriter<Event>;
}

export function translated<Request extends Pick<ChatRequest, 'extensions'>, Result, Event>(
  { call, endpoint: { dialect, operation: name } }: RunContext<Request, Result, Event>,
  { parsed, ...rest }: Translated<Request, Event>,
  { provider, target }: Candidate,
): Codec {
  const operation = provider.provider.operations[name] as unknown as Operation<Request, Result, Event>;
  const refused = name === 'chat' ? refusedParameters({ parsed, wire: parsed.wire }, dialect.id, target.facts) : [];
  const context = toWriteContext(call, parsed);
  const check = plainCheck<Result>(call);
  const translation = { dialect, parsed: fitParsed(parsed, refused), context, check, ...rest };
  return telling(refused, translateCodec(operation, translation, target));
}
