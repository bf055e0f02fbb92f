import { gatewayError, isGatewayError } from '@sluice/contract';
import type { Admission, Clock, CounterStore, Limiter, Principal, ReserveResult, TurnRequest } from '@sluice/contract';
import { toClaims } from './claims.js';
import { NO_HEADERS, toHeaders } from './headers.js';
import { refusal } from './refusal.js';
import { TurnLine } from './turn-line.js';
import type { Granted } from './turn-line.js';

export interface LimiterDeps {
  readonly store: CounterStore;
  readonly clock: Clock;
  /** Hears of a slot that the store failed to take back. Must not throw. */
  readonly onError?: (cause: unknown) => void;
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
}

const nothingHeld = (): void => {};
const UNLIMITED: Promise<Admission> = Promise.resolve(Object.freeze({ headers: NO_HEADERS, release: nothingHeld }));
const NEVER = new AbortController().signal;

/**
 * Reserves a caller's request and its concurrency slot in one atomic step of the store. Rejects with
 * `rate_limit_exceeded`, `concurrency_limit_exceeded`, or `limiter_unavailable` when the store fails. The caller
 * releases what it was admitted with; callers without limits share one admission and never reach the store.
 */
export function createLimiter(deps: LimiterDeps): QueueingLimiter {
  return new LineLimiter(deps);
}

class LineLimiter implements QueueingLimiter {
  readonly #deps: LimiterDeps;
  /** By the id of the key; only those that somebody waits in. */
  readonly #lines = new Map<string, TurnLine>();
  #waits = 0;
  #waitedMs = 0;
  #refused = 0;

  constructor(deps: LimiterDeps) {
    this.#deps = deps;
  }

  get turns(): TurnFigures {
    const waiting = [...this.#lines.values()].reduce((sum, { size }) => sum + size, 0);
    return { waiting, waits: this.#waits, waitedMs: this.#waitedMs, refused: this.#refused };
  }

  admit(principal: Principal, signal: AbortSignal): Promise<Admission> {
    const { requestsPerMinute, concurrent } = principal.limits;
    if (requestsPerMinute === undefined && concurrent === undefined) return UNLIMITED;
    return this.#reserve(principal, signal);
  }

  async admitInTurn(principal: Principal, asking: TurnRequest, signal: AbortSignal): Promise<Admission> {
    const { requestsPerMinute, concurrent } = principal.limits;
    if (requestsPerMinute === undefined && concurrent === undefined) return UNLIMITED;
    const line = this.#lines.get(principal.keyId);
    // Nobody goes before those who wait.
    if (line) return this.#toAdmission(principal, await this.#stand(line, { principal, asking, signal }));
    const result = await this.#ask(principal, signal);
    if (result.ok) return this.#toAdmission(principal, result);
    const begun = this.#lines.get(principal.keyId) ?? this.#open(principal.keyId, result);
    return this.#toAdmission(principal, await this.#stand(begun, { principal, asking, signal }));
  }

  async #reserve(principal: Principal, signal: AbortSignal): Promise<Admission> {
    const result = await this.#ask(principal, signal);
    if (!result.ok) throw refusal(result.states);
    return this.#toAdmission(principal, result);
  }

  #toAdmission({ keyId, limits }: Principal, { id, states }: Granted): Admission {
    const holds = limits.concurrent !== undefined;
    return { headers: toHeaders(states), release: holds ? () => this.#release(id, keyId) : nothingHeld };
  }

  async #stand(
    line: TurnLine,
    {
      principal,
      asking,
      signal,
    }: { readonly principal: Principal; readonly asking: TurnRequest; readonly signal: AbortSignal },
  ): Promise<Granted> {
    try {
      return await line.stand(principal, asking, signal);
    } finally {
      // Where the first could not even stand, there is no line.
      if (line.size === 0) this.#close(principal.keyId, line);
    }
  }

  #open(keyId: string, { states }: Extract<ReserveResult, { readonly ok: false }>): TurnLine {
    const line: TurnLine = new TurnLine(states, {
      clock: this.#deps.clock,
      reserve: (principal) => this.#ask(principal, NEVER),
      giveBack: (id) => this.#release(id, keyId),
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

  #close(keyId: string, line: TurnLine): void {
    if (this.#lines.get(keyId) === line) this.#lines.delete(keyId);
  }

  async #ask(principal: Principal, signal: AbortSignal): Promise<ReserveResult> {
    try {
      return await this.#deps.store.reserve(toClaims(principal), signal);
    } catch (cause) {
      if (signal.aborted || isGatewayError(cause)) throw cause;
      throw gatewayError('limiter_unavailable', { cause });
    }
  }

  #release(id: string, keyId: string): void {
    this.#deps.store.release(id).then(
      () => void this.#lines.get(keyId)?.goOn(),
      (cause: unknown) => this.#deps.onError?.(cause),
    );
  }
}
