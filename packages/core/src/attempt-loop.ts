import { toGatewayError } from '@sluice/contract';
import type { Backoff, BackoffStep, Circuits, Clock, GatewayError } from '@sluice/contract';
import type { Opened } from './attempt.js';
import type { AttemptMemory } from './attempts/attempt-memory.js';
import { toRecord } from './attempts/attempt-record.js';
import { isOfKey, isWorthRepeating, judge } from './attempts/judge.js';
import type { Account, Admitted, Obstacles, Spite } from './attempts/key-ring.js';
import { lastFailure, nobodyFree } from './attempts/nobody-free.js';
import type { Attempted, Leg } from './attempts/leg.js';
import { pause } from './attempts/pause.js';
import { Race } from './attempts/race.js';
import type { Call } from './call.js';
import { mayAsk, mayGoOn } from './routing/follow.js';
import type { Candidate, Plan } from './routing/plan.js';
import type { HedgePolicy } from './snapshot.js';

export type { Attempted } from './attempts/leg.js';

export interface AttemptLoopDeps {
  readonly clock: Clock;
  readonly circuits: Circuits;
  readonly backoff: Backoff;
  readonly memory: AttemptMemory;
  /** The failure from which the attempts go on, where there was one: then all of them are further tries. */
  readonly after?: GatewayError;
  tryOne(candidate: Candidate, account: Account, signal: AbortSignal): Promise<Opened>;
}

/**
 * Tries the plan's targets in order until one answers; at each, the keys that are free, and after a passing failure the
 * same again. Rejects with the last failure, or with the first that another target could not mend; where nobody could be
 * asked, with `no_healthy_provider`, or with the limit that all of them rest from.
 */
export function runAttempts(call: Call, plan: Plan, deps: AttemptLoopDeps): Promise<Attempted> {
  return new AttemptLoop(call, plan, deps).run();
}

class AttemptLoop {
  readonly #call: Call;
  readonly #plan: Plan;
  readonly #deps: AttemptLoopDeps;
  readonly #obstacles: Obstacles;
  /** Tries that the policy still allows. */
  #left: number;
  #failure: GatewayError | undefined;
  /** Targets that were asked beside a slow one. */
  #askedBeside: Set<Candidate> | undefined;
  /** Targets that were not asked because of a rest or a circuit. */
  #passedOver: Set<Candidate> | undefined;

  constructor(call: Call, plan: Plan, deps: AttemptLoopDeps) {
    this.#call = call;
    this.#plan = plan;
    this.#deps = deps;
    this.#obstacles = { circuits: deps.circuits, rests: deps.memory.rests };
    this.#left = plan.policy.retries.max + 1;
    this.#failure = deps.after;
  }

  async run(): Promise<Attempted> {
    const { candidates } = this.#plan;
    if (!this.#failure) this.#deposit();
    let reachable = candidates;
    for (const candidate of candidates) {
      if (this.#askedBeside?.has(candidate) || !mayAsk(this.#plan, candidate, this.#failure)) continue;
      const answered = await this.#ask(candidate);
      if (answered) return answered;
      if (!this.#failure || mayGoOn(this.#plan, this.#failure)) continue;
      // The target itself may still be waited for, where all it said was when to come back.
      if (this.#failure.code !== 'upstream_rate_limited') throw this.#failure;
      reachable = [candidate];
      break;
    }
    const answered = (await this.#waitOut(reachable)) ?? (await this.#askInSpite());
    if (answered) return answered;
    const obstacles = this.#obstacles;
    throw this.#failure ? lastFailure(this.#failure, reachable, obstacles) : nobodyFree(candidates, obstacles);
  }

  /** The request brings in its share of what further tries are paid from. */
  #deposit(): void {
    const { budget, hedges } = this.#deps.memory;
    const { hedge } = this.#plan.policy;
    budget.deposit();
    if (hedge) hedges.deposit(hedge);
  }

  /** One target: with each of its keys that is free, and again while its failures may be passing ones. */
  async #ask(candidate: Candidate): Promise<Attempted | undefined> {
    const { retries } = this.#plan.policy;
    // What has begun to reach the caller goes on at one target at a time.
    const hedge = this.#deps.after ? undefined : this.#plan.policy.hedge;
    let wait: BackoffStep | undefined;
    for (let again = 0; this.#mayTry(candidate);) {
      const leg = this.#admit(candidate);
      if (!leg) return undefined;
      const answered = await (hedge ? this.#race(leg, hedge) : this.#try(leg));
      if (answered) return answered;
      const failure = leg.failure as GatewayError;
      // The next key is asked at once; where none is free, the next turn of the loop finds out.
      if (isOfKey(failure)) continue;
      again += 1;
      if (again > retries.sameTarget || !isWorthRepeating(failure) || !this.#mayTry(candidate)) return undefined;
      wait = wait ? wait.next() : this.#deps.backoff();
      if (!(await this.#pause(candidate, wait.delayMs))) return undefined;
    }
    return undefined;
  }

  /** Waits for the first target that asked to be left alone, as long as the policy allows, while tries are left. */
  async #waitOut(candidates: readonly Candidate[]): Promise<Attempted | undefined> {
    const { retryAfterMaxMs } = this.#plan.policy.retries;
    const obstacles = this.#obstacles;
    while (retryAfterMaxMs > 0 && this.#left > 0) {
      const waiting = candidates.filter((one) => one.keys.waitMs(obstacles) > 0 && this.#isOpenTo(one));
      const waits = waiting.map(({ keys }) => keys.waitMs(obstacles));
      const waitMs = Math.min(...waits);
      const candidate = waiting[waits.indexOf(waitMs)];
      if (!candidate || waitMs > retryAfterMaxMs || !(await this.#pause(candidate, waitMs))) return undefined;
      const answered = await this.#ask(candidate);
      if (answered) return answered;
      if (this.#failure?.code !== 'upstream_rate_limited') return undefined;
    }
    return undefined;
  }

  /**
   * Where nobody else is left, who was passed over because of what the gateway guessed is asked all the same: the guess
   * may be wrong, or old. A key in whose place another one has failed just now is not.
   */
  async #askInSpite(): Promise<Attempted | undefined> {
    const passedOver = this.#passedOver;
    this.#passedOver = undefined;
    const spite = this.#failure ? 'target' : 'target-and-key';
    for (const candidate of passedOver ?? []) {
      if (this.#failure && !mayGoOn(this.#plan, this.#failure)) return undefined;
      if (!this.#mayTry(candidate) || !mayAsk(this.#plan, candidate, this.#failure)) continue;
      const leg = this.#admit(candidate, spite);
      const answered = leg && (await this.#try(leg));
      if (answered) return answered;
    }
    return undefined;
  }

  /** Whether the plan has a candidate for what happened so far; the one that has failed may be asked once more. */
  #isOpenTo(candidate: Candidate): boolean {
    return candidate.only === undefined || mayAsk(this.#plan, candidate, this.#failure);
  }

  /** A try that begins after the request's time is over would come to nothing, and be held against its target. */
  #mayTry({ timeouts }: Candidate): boolean {
    return this.#left > 0 && (!this.#failure || this.#call.elapsedMs() < timeouts.totalMs);
  }

  /** A try at the target; where it rests or its circuit is open there is none, and the next target gets its turn. */
  #admit(candidate: Candidate, spite?: Spite): Leg | undefined {
    const admitted = candidate.keys.admit(this.#obstacles, spite);
    if (!admitted) {
      (this.#passedOver ??= new Set<Candidate>()).add(candidate);
      return undefined;
    }
    if (!this.#failure || this.#deps.memory.budget.take()) return this.#begin(candidate, admitted);
    admitted.permit.forget();
    this.#left = 0;
    this.#call.isOutOfRetries = true;
    return undefined;
  }

  #begin(candidate: Candidate, { account, permit }: Admitted): Leg {
    this.#left -= 1;
    return { candidate, account, permit, beganMs: this.#call.elapsedMs(), failure: undefined };
  }

  async #try(leg: Leg): Promise<Attempted | undefined> {
    const { candidate, account, permit } = leg;
    const call = this.#call;
    try {
      const opened = await this.#deps.tryOne(candidate, account, call.signal);
      call.attempts.push(toRecord(leg, call.elapsedMs() - leg.beganMs));
      return { candidate, permit, opened };
    } catch (cause) {
      this.#fail(leg, cause);
      return undefined;
    }
  }

  /** Notes and judges a failure. Throws where the caller has left. */
  #fail(leg: Leg, cause: unknown): void {
    const call = this.#call;
    const error = toGatewayError(cause);
    call.attempts.push(toRecord(leg, call.elapsedMs() - leg.beganMs, error));
    const failure = judge(call, error, { ...leg, rests: this.#deps.memory.rests });
    if (call.signal.aborted) throw failure;
    this.#failure = leg.failure = failure;
  }

  /** Asks the next target too where this one is slower than it usually is; the first answer counts. */
  #race(leg: Leg, policy: HedgePolicy): Promise<Attempted | undefined> {
    const { clock, memory, tryOne } = this.#deps;
    return new Race({
      call: this.#call,
      clock,
      memory,
      tryOne,
      beginSecond: () => this.#beginBeside(leg, policy),
      fail: (failed, cause) => this.#fail(failed, cause),
    }).run(leg);
  }

  /** A try at the next target that is free, in good order and not asked yet, where both budgets have room for it. */
  #beginBeside({ candidate }: Leg, policy: HedgePolicy): Leg | undefined {
    const { circuits, memory } = this.#deps;
    const { candidates } = this.#plan;
    if (this.#left <= 0 || !memory.hedges.canSpend(policy)) return undefined;
    for (const next of candidates.slice(candidates.indexOf(candidate) + 1)) {
      const isFit = !this.#askedBeside?.has(next) && mayAsk(this.#plan, next, undefined);
      if (!isFit || circuits.state(next.circuit) !== 'closed') continue;
      const admitted = next.keys.admit(this.#obstacles);
      if (!admitted) continue;
      if (admitted.permit.isProbe || !memory.budget.take()) {
        admitted.permit.forget();
        continue;
      }
      memory.hedges.spend(policy);
      this.#askedBeside = (this.#askedBeside ?? new Set<Candidate>()).add(next);
      return this.#begin(next, admitted);
    }
    return undefined;
  }

  /** Waits, unless the request would have no time left afterwards: then false. */
  async #pause({ timeouts }: Candidate, ms: number): Promise<boolean> {
    const call = this.#call;
    if (call.elapsedMs() + ms >= timeouts.totalMs) return false;
    call.beginWait();
    try {
      await pause(this.#deps.clock, ms, call.signal);
    } finally {
      call.endWait();
    }
    return true;
  }
}
