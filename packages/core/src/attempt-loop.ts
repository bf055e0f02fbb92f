import { toGatewayError } from '@sluice/contract';
import type { Admission, Backoff, BackoffStep, Circuits, Clock, GatewayError, Slot, Slots } from '@sluice/contract';
import type { Opened } from './attempt.js';
import type { AttemptMemory } from './attempts/attempt-memory.js';
import { toRecord } from './attempts/attempt-record.js';
import { isOfKey, isOfTarget, isWorthRepeating, judge, namesTime } from './attempts/judge.js';
import type { Account, Admitted, Obstacles, Spite } from './attempts/key-ring.js';
import { toAttempted } from './attempts/leg.js';
import type { Attempted, Leg } from './attempts/leg.js';
import { firstFreeMs, lastFailure, nobodyFree } from './attempts/nobody-free.js';
import { pause } from './attempts/pause.js';
import { FREE_SLOT, Places, allBusy } from './attempts/places.js';
import { Race } from './attempts/race.js';
import type { Call } from './call.js';
import { mayAsk, mayGoOn } from './routing/follow.js';
import type { Candidate, Plan } from './routing/plan.js';
import type { HedgePolicy } from './snapshot.js';

export type { Attempted } from './attempts/leg.js';

export interface AttemptLoopDeps {
  /** Nothing is asked of a provider that was not admitted. */
  readonly admission: Admission;
  readonly clock: Clock;
  readonly circuits: Circuits;
  readonly slots?: Slots | undefined;
  readonly backoff: Backoff;
  readonly memory: AttemptMemory;
  /** The failure from which the attempts go on, where there was one: then all of them are further tries. */
  readonly after?: GatewayError;
  tryOne(candidate: Candidate, account: Account, signal: AbortSignal): Promise<Opened>;
}

const NOTHING_YET = { failure: undefined, isFull: false } as const;

/**
 * Tries the plan's targets in order until one answers; at each, the keys that are free, and after a passing failure the
 * same again. Rejects with the last failure, or with the first that another target could not mend; where nobody could be
 * asked, with `no_healthy_provider`, with the limit that all of them rest from, or with `overloaded` where a place was wanting.
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
  /** Absent where no target is bounded. */
  readonly #places: Places | undefined;
  /** Targets that were asked beside a slow one. */
  #askedBeside: Set<Candidate> | undefined;
  /** Whether a target was asked that was not known to be out of order. */
  #askedInOrder = false;
  /** Targets that were not asked because of a rest or a circuit. */
  #passedOver: Set<Candidate> | undefined;

  constructor(call: Call, plan: Plan, deps: AttemptLoopDeps) {
    this.#call = call;
    this.#plan = plan;
    this.#deps = deps;
    this.#obstacles = { circuits: deps.circuits, rests: deps.memory.rests, slots: deps.slots };
    this.#places = deps.slots && new Places(call, deps.slots);
    this.#left = plan.policy.retries.max + 1;
    this.#failure = deps.after;
  }

  async run(): Promise<Attempted> {
    const { candidates } = this.#plan;
    if (!this.#failure) this.#deposit();
    let reachable = candidates;
    for (const candidate of candidates) {
      if (this.#askedBeside?.has(candidate) || !this.#mayAsk(candidate)) continue;
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
    throw this.#refusal(reachable);
  }

  #refusal(reachable: readonly Candidate[]): GatewayError {
    const obstacles = this.#obstacles;
    const failure = this.#failure;
    if (failure && !this.#isKnown(failure)) return lastFailure(failure, reachable, obstacles);
    const { candidates } = this.#plan;
    const wanted = failure ? candidates : candidates.filter((one) => this.#mayAsk(one));
    return this.#places?.wasRefused ? allBusy(firstFreeMs(wanted, obstacles)) : nobodyFree(wanted, obstacles, failure);
  }

  /** That targets which were all known to be out of order still are says nothing new. */
  #isKnown(failure: GatewayError): boolean {
    return !this.#askedInOrder && !this.#deps.after && isOfTarget(failure);
  }

  #mayAsk(candidate: Candidate): boolean {
    return mayAsk(this.#plan, candidate, { failure: this.#failure, isFull: this.#places?.wasRefused === true });
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
      const slot = this.#enter(candidate) ?? (await this.#standInLine(candidate));
      const leg = slot && this.#admit(candidate, slot);
      if (!leg) return undefined;
      const answered = await (hedge ? this.#race(leg, hedge) : this.#try(leg));
      if (answered) return answered;
      const failure = leg.failure as GatewayError;
      // The next key is asked at once, or the first that is free soon enough; else the next turn of the loop finds out.
      if (isOfKey(failure)) {
        const waitMs = again < retries.sameTarget && namesTime(failure) ? candidate.keys.waitMs(this.#obstacles) : 0;
        const isSoon = waitMs > 0 && waitMs <= retries.retryAfterMaxMs && this.#mayTry(candidate);
        if (isSoon && (await this.#pause(candidate, waitMs))) again += 1;
        continue;
      }
      again += 1;
      // A probe that failed has found out what there was to find out.
      const isOver = leg.permit.isProbe || again > retries.sameTarget;
      if (isOver || !isWorthRepeating(failure, retries) || !this.#mayTry(candidate)) return undefined;
      wait = wait ? wait.next() : this.#deps.backoff();
      if (!(await this.#pause(candidate, Math.max(wait.delayMs, failure.details.retryAfterMs ?? 0)))) return undefined;
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
      if (!this.#mayTry(candidate) || !this.#mayAsk(candidate)) continue;
      const slot = this.#enter(candidate) ?? (await this.#places?.wait(candidate));
      const leg = slot && this.#admit(candidate, slot, spite);
      const answered = leg && (await this.#try(leg));
      if (answered) return answered;
    }
    return undefined;
  }

  /** Whether the plan has a candidate for what happened so far; the one that has failed may be asked once more. */
  #isOpenTo(candidate: Candidate): boolean {
    return candidate.only === undefined || this.#mayAsk(candidate);
  }

  /** A try that begins after the request's time is over would come to nothing, and be held against its target. */
  #mayTry({ timeouts }: Candidate): boolean {
    return this.#left > 0 && (!this.#failure || this.#call.elapsedMs() < timeouts.totalMs);
  }

  /** A place at the target, where one is free. */
  #enter(candidate: Candidate): Slot | undefined {
    return this.#places ? this.#places.enter(candidate) : FREE_SLOT;
  }

  /** A place in its turn; a target that could not be asked even with one is not waited for. */
  async #standInLine(candidate: Candidate): Promise<Slot | undefined> {
    const isAble =
      this.#deps.circuits.state(candidate.circuit) === 'closed' && candidate.keys.waitMs(this.#obstacles) === 0;
    if (isAble) return this.#places?.wait(candidate);
    this.#passOver(candidate);
    return undefined;
  }

  /** A try with this place; where the target rests or its circuit is open there is none, and the next target gets its turn. */
  #admit(candidate: Candidate, slot: Slot, spite?: Spite): Leg | undefined {
    const admitted = candidate.keys.admit(this.#obstacles, spite);
    if (admitted && (!this.#failure || this.#deps.memory.budget.take())) return this.#begin(candidate, admitted, slot);
    slot.release();
    if (!admitted) return this.#passOver(candidate);
    admitted.permit.forget();
    this.#left = 0;
    this.#call.isOutOfRetries = true;
    return undefined;
  }

  #passOver(candidate: Candidate): undefined {
    (this.#passedOver ??= new Set<Candidate>()).add(candidate);
  }

  #begin(candidate: Candidate, { account, permit }: Admitted, slot: Slot): Leg {
    this.#left -= 1;
    if (!permit.isProbe) this.#askedInOrder = true;
    return { candidate, account, permit, slot, beganMs: this.#call.elapsedMs(), failure: undefined };
  }

  async #try(leg: Leg): Promise<Attempted | undefined> {
    const { candidate, account } = leg;
    const call = this.#call;
    try {
      const opened = await this.#deps.tryOne(candidate, account, call.signal);
      call.attempts.push(toRecord(leg, call.elapsedMs() - leg.beganMs));
      return toAttempted(leg, opened);
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
      const isFit = !this.#askedBeside?.has(next) && mayAsk(this.#plan, next, NOTHING_YET);
      if (!isFit || circuits.state(next.circuit) !== 'closed') continue;
      const slot = this.#enter(next);
      const admitted = slot && next.keys.admit(this.#obstacles);
      if (slot && admitted && !admitted.permit.isProbe && memory.budget.take()) {
        memory.hedges.spend(policy);
        this.#askedBeside = (this.#askedBeside ?? new Set<Candidate>()).add(next);
        return this.#begin(next, admitted, slot);
      }
      admitted?.permit.forget();
      slot?.release();
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
