import { toGatewayError } from '@sluice/contract';
import type { Backoff, BackoffStep, Circuits, Clock, GatewayError, Permit } from '@sluice/contract';
import type { Opened } from './attempt.js';
import type { AttemptMemory } from './attempts/attempt-memory.js';
import { toRecord } from './attempts/attempt-record.js';
import { endGuesses, isOfKey, isWorthRepeating, judge } from './attempts/judge.js';
import type { Account } from './attempts/key-ring.js';
import { lastFailure, nobodyFree } from './attempts/nobody-free.js';
import type { Obstacles } from './attempts/nobody-free.js';
import { pause } from './attempts/pause.js';
import type { Call } from './call.js';
import { mayAsk, mayGoOn } from './routing/follow.js';
import type { Candidate, Plan } from './routing/plan.js';

export interface Attempted {
  readonly candidate: Candidate;
  readonly opened: Opened;
  readonly permit: Permit;
}

export interface AttemptLoopDeps {
  readonly clock: Clock;
  readonly circuits: Circuits;
  readonly backoff: Backoff;
  readonly memory: AttemptMemory;
  /** The failure from which the attempts go on, where there was one: then all of them are further tries. */
  readonly after?: GatewayError;
  tryOne(candidate: Candidate, account: Account): Promise<Opened>;
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

  constructor(call: Call, plan: Plan, deps: AttemptLoopDeps) {
    this.#call = call;
    this.#plan = plan;
    this.#deps = deps;
    this.#obstacles = { circuits: deps.circuits, rests: deps.memory.rests };
    this.#left = plan.policy.retries.max + 1;
    this.#failure = deps.after;
  }

  async run(): Promise<Attempted> {
    if (!this.#failure) this.#deps.memory.budget.deposit();
    const { candidates } = this.#plan;
    let reachable = candidates;
    for (const candidate of candidates) {
      if (!mayAsk(this.#plan, candidate, this.#failure)) continue;
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
    if (this.#failure) throw lastFailure(this.#failure, reachable, this.#obstacles);
    throw nobodyFree(candidates, this.#obstacles);
  }

  /** One target: with each of its keys that is free, and again while its failures may be passing ones. */
  async #ask(candidate: Candidate): Promise<Attempted | undefined> {
    const { retries } = this.#plan.policy;
    let wait: BackoffStep | undefined;
    for (let again = 0; this.#mayTry(candidate);) {
      const account = candidate.keys.pick(this.#deps.memory.rests);
      const permit = account && this.#admit(candidate);
      if (!account || !permit) return undefined;
      const answered = await this.#try(candidate, account, permit);
      if (answered) return answered;
      const failure = this.#failure as GatewayError;
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
      const answered = account && permit && (await this.#try(candidate, account, permit));
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

  async #try(candidate: Candidate, account: Account, permit: Permit): Promise<Attempted | undefined> {
    const call = this.#call;
    const { rests } = this.#deps.memory;
    this.#left -= 1;
    const beganMs = call.elapsedMs();
    try {
      const opened = await this.#deps.tryOne(candidate, account);
      call.attempts.push(toRecord({ candidate, account }, call.elapsedMs() - beganMs));
      endGuesses(account, rests);
      return { candidate, permit, opened };
    } catch (cause) {
      const error = toGatewayError(cause);
      call.attempts.push(toRecord({ candidate, account }, call.elapsedMs() - beganMs, error));
      const failure = judge(call, error, { account, permit, rests });
      if (call.signal.aborted) throw failure;
      this.#failure = failure;
      return undefined;
    }
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
