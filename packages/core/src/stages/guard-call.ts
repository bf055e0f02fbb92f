import type { CallGuards, ChatEvent, Guards, ParsedCall, StreamWriter, GuardedWriter } from '@sluice/contract';
import type { Call } from '../call.js';
import type { CheckPlain } from '../codec.js';
import type { Plan } from '../routing/plan.js';
import { toWriteContext } from './run-context.js';
import type { Admitted, Asked, RunContext } from './run-context.js';

/**
 * Lets the guards of a call read what it asks, before anybody else does. What they changed goes out in place of the
 * caller's words. Rejects with `content_policy_violation`.
 */
export async function guardCall<Request, Result, Event>(
  run: Admitted<RunContext<Request, Result, Event>>,
  guards: Guards,
  { asked, plan }: { readonly asked: Asked<Request>; readonly plan: Plan },
): Promise<Asked<Request>> {
  const { call } = run;
  const own = guardsOf(run, guards, { asked, plan });
  if (!own) return asked;
  call.guards = own;
  const { parsed } = asked;
  const canonical = canonicalOf(parsed);
  call.beginWait();
  const checked = await own
    .checkRequest({ request: canonical.request, wire: parsed.wire })
    .finally(() => call.endWait());
  if (!checked.isRewritten && !own.checksOutput) return asked;
  if (checked.request === undefined) throw canonical.cause;
  return { ...asked, parsed: throughCodec(parsed, checked.request) };
}

/** By every name that the model has for this call: the one that was asked for, and those of who may answer. */
function guardsOf<Request, Result, Event>(
  { call, endpoint, admission }: Admitted<RunContext<Request, Result, Event>>,
  guards: Guards,
  { asked, plan }: { readonly asked: Asked<Request>; readonly plan: Plan },
): CallGuards | undefined {
  const { parsed, principal, wishes } = asked;
  const models = [parsed.model, ...(wishes?.models ?? []), ...plan.candidates.map(({ circuit }) => circuit)];
  if (plan.alias !== undefined) models.push(plan.alias);
  if (admission.instead !== undefined) models.push(admission.instead);
  const { requestId } = call.received;
  const { operation } = endpoint;
  return guards.of({ requestId, principal, models, operation, signal: () => call.signal });
}

/** What has no canonical form, such as a question with several answers, is read as it was written. */
function canonicalOf<Request>(parsed: ParsedCall<Request>): { readonly request?: Request; readonly cause?: unknown } {
  try {
    return { request: parsed.toRequest() };
  } catch (cause) {
    return { cause };
  }
}

/** The call in the words that the guards left: the caller's bytes say something else, or their answer would not be read. */
function throughCodec<Request>(parsed: ParsedCall<Request>, request: Request): ParsedCall<Request> {
  const { model, stream, wantsUsage, features, wire, adjustments, streamType, characters } = parsed;
  return {
    model,
    stream,
    wantsUsage,
    features,
    wire,
    passes: false,
    adjustments: adjustments ?? [],
    ...(streamType === undefined ? {} : { streamType }),
    ...(characters === undefined ? {} : { characters }),
    toRequest: () => request,
  };
}

/** The writer of a stream that guards read first; nothing where none do. */
export function guardedWriter<Request, Result, Event>(
  { call, endpoint }: RunContext<Request, Result, Event>,
  parsed: ParsedCall<Request>,
): GuardedWriter | undefined {
  const { guards, stream } = call;
  const { dialect } = endpoint;
  if (!guards?.checksOutput || !stream || !dialect.stream) return undefined;
  // Only chat streams, so its events are the only ones there are.
  const writer = dialect.stream.open(toWriteContext(call, parsed)) as unknown as StreamWriter<ChatEvent>;
  return guards.openOutput().watch(writer);
}

/** What the caller may have of a plain answer; nothing where all of it is. One that is refused was paid for all the same. */
export function plainCheck<Result>(call: Call): CheckPlain<Result> | undefined {
  const { guards, stream } = call;
  if (!guards?.checksOutput || stream) return undefined;
  const output = guards.openOutput();
  return (result, summary) =>
    output.checkResult(result).catch((cause: unknown) => {
      call.setAside(summary);
      throw cause;
    });
}
