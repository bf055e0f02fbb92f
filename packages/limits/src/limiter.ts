import { gatewayError, isGatewayError } from '@sluice/contract';
import type {
  Admission,
  AdmissionRequest,
  Clock,
  CounterStore,
  Limiter,
  Principal,
  TurnRequest,
} from '@sluice/contract';
import { createAdmission } from './admission.js';
import type { AdmissionDeps, Holding } from './admission.js';
import { Alerts } from './alerts.js';
import type { BudgetAlert } from './alerts.js';
import { LimitBook } from './book.js';
import { GuardedStore } from './guarded-store.js';
import type { StorePolicy } from './guarded-store.js';
import { NO_HEADERS } from './headers.js';
import { Leases } from './leases.js';
import { refusal } from './refusal.js';
import { reserveAll } from './reserving.js';
import type { Case, Outcome, ReservingDeps } from './reserving.js';
import { StandIn } from './stand-in.js';
import { TurnLine } from './turn-line.js';

/** Of the moment; absent for a store that cannot fail. */
export interface StorePolicies {
  readonly limits?: () => StorePolicy;
  readonly budgets?: () => StorePolicy;
  /** Makes a store that counts for this process alone while another one fails. */
  readonly local: () => CounterStore;
}

export interface LimiterDeps {
  /** Counts requests, tokens and what is in flight. */
  readonly store: CounterStore;
  /** Counts money. Default: the same. */
  readonly budgets?: CounterStore;
  readonly clock: Clock;
  /** The limits and budgets of the moment, beside those that a principal brings. Default: none. */
  readonly book?: () => LimitBook;
  /** For stores that can fail; absent where all are this process's memory. */
  readonly policies?: StorePolicies;
  /** Hears of what a store failed to do. Must not throw. */
  readonly onError?: (cause: unknown) => void;
  /** Hears of budgets of which much is used. Must not throw. */
  readonly onAlert?: (alert: BudgetAlert) => void;
}

/** Those who wait, and what became of those who have waited. */
export interface TurnFigures {
  readonly waiting: number;
  readonly waits: number;
  readonly waitedMs: number;
  /** Refused although they might have waited. */
  readonly refused: number;
}

/** A limiter that tells of its lines. */
export interface QueueingLimiter extends Limiter {
  readonly turns: TurnFigures;
  /** Reservations that requests hold at the moment. */
  readonly held: number;
  /** Requests that were admitted by what this process alone has counted, while a store failed. */
  readonly admittedLocally: number;
}

const FREE: Admission = Object.freeze({ headers: NO_HEADERS, settle: () => undefined });
const NEVER = new AbortController().signal;
const EMPTY = new LimitBook({ scopes: {}, budgets: [] });

/**
 * Reserves what a request may use at most, over all scopes that have limits or budgets, in one atomic step of a store; what
 * it did not use it gives back at its end. Rejects with `rate_limit_exceeded`, `tokens_limit_exceeded`,
 * `concurrency_limit_exceeded` or `insufficient_quota`; with `limiter_unavailable` or `budget_unavailable` when a store fails
 * and that is the policy. Callers without limits share one admission and never reach a store.
 */
export function createLimiter(deps: LimiterDeps): QueueingLimiter {
  return new LineLimiter(deps);
}

class LineLimiter implements QueueingLimiter {
  readonly #deps: ReservingDeps;
  readonly #leases: Leases;
  readonly #admissionDeps: AdmissionDeps;
  /** By the id of the key; only those that somebody waits in. */
  readonly #lines = new Map<string, TurnLine>();
  #waits = 0;
  #waitedMs = 0;
  #refused = 0;

  constructor(deps: LimiterDeps) {
    const { store, budgets = store, clock, policies, onError = () => undefined, onAlert = () => undefined } = deps;
    this.#leases = new Leases({ clock, onError });
    const onSettled = (keyId: string): void => void this.#lines.get(keyId)?.goOn();
    this.#admissionDeps = { leases: this.#leases, onError, onSettled };
    const standIn = new StandIn(clock);
    const ofBudgets = budgets === store ? standIn : new StandIn(clock);
    this.#deps = {
      clock,
      onError,
      book: deps.book ?? (() => EMPTY),
      limits: guarded({ store, standIn, policy: policies?.limits, code: 'limiter_unavailable' }),
      budgets: guarded({
        ...{ store: budgets, standIn: ofBudgets, policy: policies?.budgets, code: 'budget_unavailable' },
      }),
      alerts: new Alerts(onAlert, onError),
    };
    function guarded({ policy, ...rest }: Guarding): GuardedStore {
      return new GuardedStore({
        ...rest,
        ...(policy && policies ? { failing: { policy, local: policies.local } } : {}),
        clock,
        onError,
      });
    }
  }

  get turns(): TurnFigures {
    const waiting = [...this.#lines.values()].reduce((sum, { size }) => sum + size, 0);
    return { waiting, waits: this.#waits, waitedMs: this.#waitedMs, refused: this.#refused };
  }

  get held(): number {
    return this.#leases.size;
  }

  get admittedLocally(): number {
    return this.#deps.limits.admittedLocally + this.#deps.budgets.admittedLocally;
  }

  free(principal: Principal): Admission | undefined {
    return this.#deps.book().isFree(principal) ? FREE : undefined;
  }

  async admit(asking: AdmissionRequest, signal: AbortSignal): Promise<Admission> {
    const outcome = await this.#ask({ asking, signal, mayRecord: true });
    if (!outcome.ok) throw refusal(outcome.states);
    return this.#toAdmission(asking, outcome.holding);
  }

  async admitInTurn(asking: AdmissionRequest, turn: TurnRequest, signal: AbortSignal): Promise<Admission> {
    const { keyId } = asking.principal;
    const line = this.#lines.get(keyId);
    // Nobody goes before those who wait.
    if (line) return this.#stand(line, { asking, turn, signal });
    const outcome = await this.#ask({ asking, signal, mayRecord: true });
    if (outcome.ok) return this.#toAdmission(asking, outcome.holding);
    return this.#stand(this.#lines.get(keyId) ?? this.#open(keyId, outcome), { asking, turn, signal });
  }

  #toAdmission({ principal: { keyId } }: Pick<AdmissionRequest, 'principal'>, holding: Holding): Admission {
    return createAdmission(keyId, holding, this.#admissionDeps);
  }

  async #stand(line: TurnLine, { asking, turn, signal }: Standing): Promise<Admission> {
    try {
      return this.#toAdmission(asking, await line.stand(asking, turn, signal));
    } finally {
      // Where the first could not even stand, there is no line.
      if (line.size === 0) this.#close(asking.principal.keyId, line);
    }
  }

  #open(keyId: string, { states }: Extract<Outcome, { readonly ok: false }>): TurnLine {
    const line: TurnLine = new TurnLine(states, {
      clock: this.#deps.clock,
      // Whoever waits may have left when it is granted.
      reserve: (asking) => this.#ask({ asking, signal: NEVER, mayRecord: false }),
      giveBack: (holding) => this.#giveBack(keyId, holding),
      onEnd: (waitedMs) => {
        this.#waits += 1;
        this.#waitedMs += waitedMs;
      },
      onRefused: () => (this.#refused += 1),
      onEmpty: () => this.#close(keyId, line),
    });
    this.#lines.set(keyId, line);
    return line;
  }

  #giveBack(keyId: string, { id, stores }: Holding): void {
    const { onSettled, onError } = this.#admissionDeps;
    for (const store of stores) store.cancel(id).then(() => onSettled(keyId), onError);
  }

  #close(keyId: string, line: TurnLine): void {
    if (this.#lines.get(keyId) === line) this.#lines.delete(keyId);
  }

  async #ask(asked: Case): Promise<Outcome> {
    try {
      return await reserveAll(this.#deps, asked);
    } catch (cause) {
      if (asked.signal.aborted || isGatewayError(cause)) throw cause;
      throw gatewayError('limiter_unavailable', { cause });
    }
  }
}

interface Guarding {
  readonly store: CounterStore;
  readonly standIn: StandIn;
  readonly policy: (() => StorePolicy) | undefined;
  readonly code: 'limiter_unavailable' | 'budget_unavailable';
}
interface Standing {
  readonly asking: AdmissionRequest;
  readonly turn: TurnRequest;
  readonly signal: AbortSignal;
}
