import type { ChatRequest, GatewayError, Outcome, Permit, Slot, StreamScanner, Usage } from '@sluice/contract';
import type { Attempted } from '../attempt-loop.js';
import type { LiveStreamParts } from '../live-stream.js';
import type { OpenedStream } from '../open-stream.js';
import type { Candidate, Plan } from '../routing/plan.js';
import { verdictOn } from '../routing/target-stats.js';
import type { Verdict } from '../routing/target-stats.js';
import { TappedScanner } from '../tapped-scanner.js';
import { continueAnswer } from './continue-answer.js';
import type { Admitted, Asked, RunContext } from './run-context.js';

const NOTHING = new Uint8Array(0);

interface Now {
  readonly candidate: Candidate;
  readonly permit: Permit;
  readonly slot: Slot;
  readonly stream: OpenedStream;
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
    const { call } = this.#run;
    const stream = { ...opened, scanner: watched(opened, this.#asked, candidate) };
    call.served = candidate.target;
    // The bytes that came first are the stream's own: kept here, they would stay as long as it lasts.
    this.#now = { candidate, permit, slot, stream: { ...stream, held: NOTHING } };
    // A probe has told enough by its first content; a closed circuit waits for the end of the stream.
    if (permit.isProbe) permit.succeed();
    return { ...stream, body: opened.response.body };
  }

  /** Another stream that goes on where this one was cut; nothing where there can be none. */
  goOn(failure: GatewayError): Promise<LiveStreamParts | undefined> | undefined {
    const now = this.#now;
    const soFar = now?.stream.soFar;
    if (!now || !soFar) return undefined;
    const cut = { plan: this.#plan, asked: this.#asked, candidate: now.candidate, soFar, failure };
    const going = continueAnswer(this.#run, cut, () => this.#setAside(now, failure));
    return going?.then(
      (attempted) => this.#takeOver(attempted),
      () => undefined,
    );
  }

  /** Closes the books on who was cut; what all who were cut used is counted. */
  #setAside({ permit, slot, stream }: Now, failure: GatewayError): Usage | undefined {
    const { call, ports } = this.#run;
    this.#now = undefined;
    permit.fail(failure);
    slot.release();
    stream.stats.end(verdictOn(failure), ports.clock.monotonic());
    const last = call.attempts.length - 1;
    const record = call.attempts[last];
    if (record) call.attempts[last] = { ...record, errorCode: failure.code };
    return call.setAside(stream.scanner.summary());
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
    opened.deadline.dispose();
    opened.response.body.cancel();
    return undefined;
  }

  #settle(outcome: Outcome): void {
    if (!this.#now) return;
    const { permit, slot, stream } = this.#now;
    const { call, ports } = this.#run;
    call.summary = stream.scanner.summary();
    stream.stats.end(verdictOf(outcome), ports.clock.monotonic());
    slot.release();
    if (outcome.kind === 'completed') permit.succeed();
    else if (outcome.kind === 'failed') permit.fail(outcome.error);
    else permit.forget();
  }
}

/** What the end of a stream says of its target: nothing where the caller left. */
function verdictOf(outcome: Outcome): Verdict | undefined {
  if (outcome.kind === 'completed') return 'ok';
  return outcome.kind === 'failed' ? verdictOn(outcome.error) : undefined;
}

/** The scanner of a stream; what it lets through is also shown to the endpoint's memory, where that keeps it. */
function watched<Request>(
  { scanner, held }: OpenedStream,
  { recalled }: Asked<Request>,
  { target: { provider } }: Candidate,
): StreamScanner {
  const keep = recalled?.keep;
  if (!keep) return scanner;
  keep(held, provider);
  return new TappedScanner(scanner, (bytes) => keep(bytes, provider));
}
