import { gatewayError } from '@sluice/contract';
import type { Clock } from '@sluice/contract';
import type { Opened } from '../attempt.js';
import type { Call } from '../call.js';
import type { Candidate } from '../routing/plan.js';
import type { AttemptMemory } from './attempt-memory.js';
import { toAbandoned, toRecord } from './attempt-record.js';
import type { Account } from './key-ring.js';
import { toAttempted } from './leg.js';
import type { Attempted, Leg, Racing } from './leg.js';

export interface RaceDeps {
  readonly call: Call;
  readonly clock: Clock;
  readonly memory: AttemptMemory;
  tryOne(candidate: Candidate, account: Account, signal: AbortSignal): Promise<Opened>;
  /** Begins a try at another target, where there is one and the budgets allow it. */
  beginSecond(): Leg | undefined;
  /** Notes and judges a failure. Throws where the caller has left. */
  fail(leg: Leg, cause: unknown): void;
}

/**
 * A try beside which a second one is begun when it is slower than its target usually is. The first answer counts. The
 * other try is ended, blames nobody, and stands in the ledger with what it may have cost. Nothing has reached the caller
 * before one of them has answered.
 */
export class Race {
  readonly #deps: RaceDeps;

  constructor(deps: RaceDeps) {
    this.#deps = deps;
  }

  /** The first answer; nothing where all tries failed. Rejects when the caller leaves. */
  async run(first: Leg): Promise<Attempted | undefined> {
    const { memory, call, clock, beginSecond } = this.#deps;
    const tailMs = memory.hedges.timeOf(first.candidate.circuit, call.stream).ms;
    const answer = this.#start(first, false);
    if (tailMs === undefined || (await isOverWithin(answer, clock, tailMs))) return answer;
    const second = beginSecond();
    if (!second) return answer;
    const other = this.#start(second, true);
    if (first.racing) first.racing.rival = second;
    if (second.racing) second.racing.rival = first;
    return firstAnswer(answer, other);
  }

  async #start(leg: Leg, isSecond: boolean): Promise<Attempted | undefined> {
    const { call, clock, tryOne } = this.#deps;
    const { candidate, account } = leg;
    const controller = new AbortController();
    const racing: Racing = (leg.racing = { isSecond, controller, state: 'running', adjustments: [] });
    try {
      const pending = tryOne(candidate, account, AbortSignal.any([call.signal, controller.signal]));
      racing.adjustments = call.adjustments;
      const opened = await pending;
      if (racing.state === 'running') {
        this.#win(leg, racing, opened);
        return toAttempted(leg, opened);
      }
      discard(opened, clock.monotonic());
    } catch (cause) {
      if (racing.state === 'running') this.#lose(leg, racing, cause);
    }
    return undefined;
  }

  #win(leg: Leg, racing: Racing, opened: Opened): void {
    const { call, memory } = this.#deps;
    racing.state = 'answered';
    const answeredMs = opened.kind === 'stream' ? opened.firstTokenMs : call.elapsedMs();
    memory.hedges.timeOf(leg.candidate.circuit, call.stream).observe(answeredMs - leg.beganMs);
    const record = toRecord(leg, call.elapsedMs() - leg.beganMs);
    // In the order in which they began.
    if (!racing.isSecond) call.attempts.push(record);
    this.#abandon(racing.rival);
    if (racing.isSecond) call.attempts.push(record);
    call.adjustments = racing.adjustments;
  }

  #lose(leg: Leg, racing: Racing, cause: unknown): void {
    const { call, fail } = this.#deps;
    racing.state = 'failed';
    if (call.signal.aborted) this.#abandon(racing.rival);
    // The other one is still waited for.
    else if (racing.rival?.racing?.state === 'running') call.beginWait();
    fail(leg, cause);
    if (leg.failure?.code === 'upstream_timeout') this.#noteLate(leg);
  }

  #abandon(leg: Leg | undefined): void {
    if (leg?.racing?.state !== 'running') return;
    const { call } = this.#deps;
    leg.racing.state = 'abandoned';
    this.#noteLate(leg);
    const costMicroUsd = call.costOfAbandoned(leg.candidate.target);
    call.attempts.push(toAbandoned(leg, call.elapsedMs() - leg.beganMs, costMicroUsd));
    leg.permit.forget();
    leg.slot.release();
    leg.racing.controller.abort(gatewayError('client_closed_request', { message: 'Another target answered first.' }));
  }

  #noteLate({ candidate, beganMs }: Leg): void {
    const { call, memory } = this.#deps;
    memory.hedges.timeOf(candidate.circuit, call.stream).observeAtLeast(call.elapsedMs() - beganMs);
  }
}

/** Closes an answer that nobody will read. */
function discard(opened: Opened, nowMs: number): void {
  if (opened.kind === 'plain') return;
  opened.stats.end(undefined, nowMs);
  opened.source.deadline.dispose();
  opened.source.body.cancel();
}

/** Whether it came to an end, of whatever kind, within the time. */
function isOverWithin(pending: Promise<unknown>, clock: Clock, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, () => resolve(false));
    const over = (): void => {
      cancel();
      resolve(true);
    };
    pending.then(over, over);
  });
}

function firstAnswer<T>(one: Promise<T | undefined>, other: Promise<T | undefined>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    let running = 2;
    const settle = (answered: T | undefined): void => {
      running -= 1;
      if (answered !== undefined || running === 0) resolve(answered);
    };
    one.then(settle, reject);
    other.then(settle, reject);
  });
}
