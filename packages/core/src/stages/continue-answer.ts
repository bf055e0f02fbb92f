import type { AttemptRecord, ChatRequest, FailureClass, GatewayError, StreamWriter, Usage } from '@sluice/contract';
import { attempt } from '../attempt.js';
import { runAttempts } from '../attempt-loop.js';
import type { Attempted } from '../attempt-loop.js';
import type { Call } from '../call.js';
import type { Codec } from '../codec.js';
import type { AnswerSoFar } from '../continuation/answer-so-far.js';
import { continuable, continuedRequest } from '../continuation/continued-request.js';
import { SplicedWriter } from '../continuation/spliced-writer.js';
import { mayGoOn } from '../routing/follow.js';
import type { Candidate, Plan } from '../routing/plan.js';
import { translated } from './choose-codec.js';
import type { Admitted, Asked, RunContext } from './run-context.js';

/** Whether an answer of this candidate could be finished by one behind it. */
export function mayGoOnAfter<Request>(candidate: Candidate, plan: Plan, asked: Asked<Request>): boolean {
  // A provider that alone knows the earlier turns cannot be followed by another.
  if (asked.recalled?.onlyAt !== undefined) return false;
  return behind(candidate, plan).some(goesOn) && continuable(asked.parsed) !== undefined;
}

export interface CutAnswer<Request> {
  readonly plan: Plan;
  readonly asked: Asked<Request>;
  /** Who was cut. */
  readonly candidate: Candidate;
  readonly soFar: AnswerSoFar;
  readonly failure: GatewayError;
}

/**
 * Asks the targets behind the one that was cut to go on with its answer, each that can, as often as the policy allows.
 * Nothing where none could; rejects where none did. `setAside` closes the books on who was cut, once somebody will be
 * asked, and tells what was used so far.
 */
export function continueAnswer<Request extends Pick<ChatRequest, 'extensions'>, Result, Event>(
  run: Admitted<RunContext<Request, Result, Event>>,
  cut: CutAnswer<Request>,
  setAside: () => Usage | undefined,
): Promise<Attempted> | undefined {
  const { call, ports } = run;
  const { plan, asked, soFar, failure } = cut;
  const left = plan.policy.retries.max - call.attempts.length;
  if (left < 0 || !soFar.canGoOn || !mayGoOn(plan, failure)) return undefined;
  const canonical = continuable(asked.parsed);
  const request = canonical && continuedRequest(canonical, soFar.text);
  const candidates = behind(cut.candidate, plan).filter((one) => soFar.text === '' || goesOn(one));
  if (!request || candidates.length === 0) return undefined;
  const used = setAside();
  soFar.dropWaiting();
  const policy = { ...plan.policy, retries: { ...plan.policy.retries, max: left }, fallbackOn: alsoRefusals(plan) };
  const before = call.attempts.length;
  const attempts = runAttempts(
    call,
    { candidates, policy },
    {
      admission: run.admission,
      clock: ports.clock,
      circuits: ports.circuits,
      slots: ports.slots,
      backoff: ports.backoff,
      memory: ports.attempts,
      after: failure,
      tryOne: async (candidate, account, signal) => {
        const codec = continuingCodec(run, { ...cut, request, used }, candidate);
        return attempt(call, { candidate, account, codec, signal }, ports);
      },
    },
  );
  return attempts.finally(() => markContinuing(call, before));
}

interface Continuing<Request> extends CutAnswer<Request> {
  readonly request: ChatRequest;
  readonly used: Usage | undefined;
}

/** The call for the rest, and the way of its answer into the stream that was cut. */
function continuingCodec<Request extends Pick<ChatRequest, 'extensions'>, Result, Event>(
  run: RunContext<Request, Result, Event>,
  { asked, soFar, request, used }: Continuing<Request>,
  candidate: Candidate,
): Codec {
  const meeting = { repeated: repeatedBy(candidate, soFar), mark: markOf(asked, candidate) };
  const writer: StreamWriter<unknown> = new SplicedWriter({ soFar, used, ...meeting });
  const parsed = { ...asked.parsed, toRequest: () => request as unknown as Request };
  return { ...translated(run, { parsed, writer }, candidate), soFar };
}

function markContinuing({ attempts }: Call, from: number): void {
  for (let i = from; i < attempts.length; i += 1) attempts[i] = { ...(attempts[i] as AttemptRecord), continues: true };
}

/** A target that refuses to go on is followed by the next one, whatever the policy says of refused requests. */
function alsoRefusals({ policy }: Plan): ReadonlySet<FailureClass> {
  return new Set([...policy.fallbackOn, 'bad_request']);
}

function behind({ circuit }: Candidate, { candidates }: Plan): readonly Candidate[] {
  return candidates.slice(candidates.findIndex((one) => one.circuit === circuit) + 1);
}

function goesOn({ provider, target }: Candidate): boolean {
  return provider.provider.operations.chat?.prefill?.(target) !== undefined;
}

function repeatedBy({ provider, target }: Candidate, { text }: AnswerSoFar): string {
  return provider.provider.operations.chat?.prefill?.(target)?.repeats ? text : '';
}

/** A comment, which no client takes for content, where the framing has any. */
function markOf<Request>({ parsed: { streamType } }: Asked<Request>, { target }: Candidate): string {
  if (streamType !== undefined && !streamType.startsWith('text/event-stream')) return '';
  return `: continued by ${encodeURI(target.provider)}/${encodeURI(target.model)}\n\n`;
}
