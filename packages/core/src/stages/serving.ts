import type {
  ChatRequest,
  GatewayError,
  Outcome,
  OutputText,
  Permit,
  Slot,
  StreamScanner,
  Usage,
} from '@sluice/contract';
import type { Attempted } from '../attempt-loop.js';
import { settlePermit } from '../attempts/settle-permit.js';
import type { Call } from '../call.js';
import type { AnswerSoFar } from '../continuation/answer-so-far.js';
import type { LiveStreamParts } from '../live-stream.js';
import type { OpenedStream, StreamSource } from '../open-stream.js';
import type { Candidate, Plan } from '../routing/plan.js';
import { verdictOn } from '../routing/target-stats.js';
import type { TargetStats, Verdict } from '../routing/target-stats.js';
import { TappedScanner } from '../tapped-scanner.js';
import { continueAnswer } from './continue-answer.js';
import type { Admitted, Asked, RunContext } from './run-context.js';

const NO_TEXT: OutputText = { text: '', share: 0 };

interface Now {
  readonly candidate: Candidate;
  readonly permit: Permit;
  readonly slot: Slot;
  readonly scanner: StreamScanner;
  readonly soFar: AnswerSoFar | undefined;
  readonly stats: TargetStats;
}

/** Who serves a stream at the moment, and what is owed when it no longer does. */
export class Serving<Request extends Pick<ChatRequest, 'extensions'>, Result, Event> {
  readonly #run: Admitted<RunContext<Request, Result, Event>>;
  readonly #plan: Plan;
  readonly #asked: Asked<Request>;
  #now: Now | undefined;

  constructor(
    run: Admitted<RunContext<Request, Result, Event>>,
    { plan, asked }: { readonly plan: Plan; readonly asked: Asked<Request> },
  ) {
    this.#run = run;
    this.#plan = plan;
    this.#asked = asked;
    run.call.scope.add((outcome) => this.#settle(outcome));
  }

  /** The stream of this attempt is the caller's from here on. */
  take({ candidate, permit, slot }: Attempted, opened: OpenedStream): LiveStreamParts {
    const { beginning, soFar, stats } = opened;
    const source = watched(opened, this.#asked, candidate);
    this.#run.call.served = candidate.target;
    this.#now = { candidate, permit, slot, scanner: source.scanner, soFar, stats };
    permit.begin();
    return { source, beginning };
  }

  /** Another stream that goes on where this one was cut; nothing where there can be none. */
  goOn(failure: GatewayError): Promise<LiveStreamParts | undefined> | undefined {
    const now = this.#now;
    // What guards have refused nobody else is to go on with.
    const isRefused = failure.code === 'content_policy_violation' && this.#run.call.guards !== undefined;
    if (!now?.soFar || isRefused) return undefined;
    const cut = { plan: this.#plan, asked: this.#asked, candidate: now.candidate, soFar: now.soFar, failure };
    const going = continueAnswer(this.#run, cut, () => this.#setAside(now, failure));
    return going?.then(
      (attempted) => this.#takeOver(attempted),
      () => undefined,
    );
  }

  /** Closes the books on who was cut; what all who were cut used is counted. */
  #setAside({ permit, slot, scanner, stats }: Now, failure: GatewayError): Usage | undefined {
    const { call, ports } = this.#run;
    this.#now = undefined;
    permit.fail(failure);
    slot.release();
    stats.end(verdictOn(failure), ports.clock.monotonic());
    const last = call.attempts.length - 1;
    const record = call.attempts[last];
    if (record) call.attempts[last] = { ...record, errorCode: failure.code };
    call.outputText = () => scanner.outputText?.() ?? NO_TEXT;
    return call.setAside(scanner.summary());
  }

  #takeOver(attempted: Attempted): LiveStreamParts | undefined {
    const { opened, permit, slot } = attempted;
    const { call, ports } = this.#run;
    if (opened.kind !== 'stream') return undefined;
    if (!call.scope.outcome) return this.take(attempted, opened);
    // The caller left while the target was asked.
    permit.forget();
    slot.release();
    opened.stats.end(undefined, ports.clock.monotonic());
    opened.source.deadline.dispose();
    opened.source.body.cancel();
    return undefined;
  }

  #settle(outcome: Outcome): void {
    if (!this.#now) return;
    const { permit, slot, scanner, stats } = this.#now;
    const { call, ports } = this.#run;
    call.summary = scanner.summary();
    call.outputText = () => scanner.outputText?.() ?? NO_TEXT;
    stats.end(verdictOf(outcome, call), ports.clock.monotonic());
    slot.release();
    settlePermit(permit, outcome, call);
  }
}

/** What the end of a stream says of its target: nothing where somebody stopped it. */
function verdictOf(outcome: Outcome, { signal }: Pick<Call, 'signal'>): Verdict | undefined {
  if (outcome.kind === 'completed') return 'ok';
  return outcome.kind === 'failed' && !signal.aborted ? verdictOn(outcome.error) : undefined;
}

/** What a stream is read from; what is let through is also shown to the endpoint's memory, where that keeps it. */
function watched<Request>(
  { source, beginning }: OpenedStream,
  { recalled }: Asked<Request>,
  { target: { provider } }: Candidate,
): StreamSource {
  const keep = recalled?.keep;
  if (!keep) return source;
  keep(beginning.held, provider);
  return { ...source, scanner: new TappedScanner(source.scanner, (bytes) => keep(bytes, provider)) };
}
