import { toGatewayError } from '@sluice/contract';
import type { Backoff, BackoffStep, Circuits, Clock, GatewayError, Permit } from '@sluice/contract';
import type { Opened } from './attempt.js';
import type { AttemptMemory } from './attempts/attempt-memory.js';
import { toRecord } from './attempts/attempt-record.js';
import { endGuesses, isOfKey, isWorthRepeating, judge } from './attempts/judge.js';
import type { Account } from './attempts/key-ring.js';
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
  /** Tries that the policy still allows. */
  #left: number;
  #failure: GatewayError | undefined;
  /** Targets that were asked beside a slow one. */
  #askedBeside: Set<Candidate> | undefined;

  constructor(call: Call, plan: Plan, deps: AttemptLoopDeps) {
    this.#call = call;
    this.#plan = plan;
    this.#deps = deps;
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
    const answered = (await this.#waitOut(reachable)) ?? (await this.#askInSpite(candidates));
    if (answered) return answered;
    const obstacles = { circuits: this.#deps.circuits, rests: this.#deps.memory.rests };
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
      const account = candidate.keys.pick(this.#deps.memory.rests);
      const permit = account && this.#admit(candidate);
      if (!account || !permit) return undefined;
      const leg = this.#begin(candidate, account, permit);
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
    const { rests } = this.#deps.memory;
    while (retryAfterMaxMs > 0 && this.#left > 0) {
      const waiting = candidates.filter((one) => one.keys.waitMs(rests) > 0 && this.#isOpenTo(one));
      const waits = waiting.map(({ keys }) => keys.waitMs(rests));
      const waitMs = Math.min(...waits);
      const candidate = waiting[waits.indexOf(waitMs)];
      if (!candidate || waitMs > retryAfterMaxMs || !(await this.#pause(candidate, waitMs))) return undefined;
      const answered = await this.#ask(candidate);
      if (answered) return answered;
      if (this.#failure?.code !== 'upstream_rate_limited') return undefined;
    }
    return undefined;
  }

  /** Where nobody was asked because of what the gateway guessed, asking is better than refusing: the guess may be old. */
  async #askInSpite(candidates: readonly Candidate[]): Promise<Attempted | undefined> {
    const { rests } = this.#deps.memory;
    if (this.#failure || !rests.any) return undefined;
    for (const candidate of candidates) {
      if (!mayAsk(this.#plan, candidate, this.#failure)) continue;
      const account = this.#mayTry(candidate) ? candidate.keys.pick(rests, true) : undefined;
      const permit = account && this.#admit(candidate);
      const answered = account && permit && (await this.#try(this.#begin(candidate, account, permit)));
      if (answered) return answered;
      if (this.#failure && !mayGoOn(this.#plan, this.#failure)) return undefined;
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

  /** A place at the target; where its circuit is open that is no attempt, and the next target gets its turn. */
  #admit({ circuit }: Candidate): Permit | undefined {
    const permit = this.#deps.circuits.admit(circuit);
    if (!permit || !this.#failure || this.#deps.memory.budget.take()) return permit;
    permit.forget();
    this.#left = 0;
    this.#call.isOutOfRetries = true;
    return undefined;
  }

  #begin(candidate: Candidate, account: Account, permit: Permit): Leg {
    this.#left -= 1;
    return { candidate, account, permit, beganMs: this.#call.elapsedMs(), failure: undefined };
  }

  async #try(leg: Leg): Promise<Attempted | undefined> {
    const { candidate, account, permit } = leg;
    const call = this.#call;
    try {
      const opened = await this.#deps.tryOne(candidate, account, call.signal);
      call.attempts.push(toRecord(leg, call.elapsedMs() - leg.beganMs));
      endGuesses(account, this.#deps.memory.rests);
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
      const account = next.keys.pick(memory.rests);
      const permit = account && memory.budget.take() ? circuits.admit(next.circuit) : undefined;
      if (!account || !permit) continue;
      memory.hedges.spend(policy);
      this.#askedBeside = (this.#askedBeside ?? new Set<Candidate>()).add(next);
      return this.#begin(next, account, permit);
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
