import { toGatewayError } from '@sluice/contract';
import type { AdmissionRequest, ClaimState, Clock, GatewayError, Priority, TurnRequest } from '@sluice/contract';
import type { Holding } from './admission.js';
import { refusal } from './refusal.js';
import type { Outcome } from './reserving.js';

export interface TurnLineDeps {
  readonly clock: Clock;
  /** Asks for what a request takes. Rejects with an error of the table. */
  reserve(asking: AdmissionRequest): Promise<Outcome>;
  /** Gives back what was reserved for one that has left meanwhile. */
  giveBack(holding: Holding): void;
  /** Told of every wait that has ended, */
  onEnd(waitedMs: number): void;
  /** and of everybody who did not get a turn in time. */
  onRefused(): void;
  onEmpty(): void;
}

interface Waiter {
  readonly asking: AdmissionRequest;
  readonly priority: Priority;
  grant(holding: Holding): void;
  fail(error: GatewayError): void;
}

/** Somebody else's process may end a request of the same key, and does not tell. */
const LOOK_EVERY_MS = 1_000;
const LOOK_AT_LEAST_MS = 600_000;

const RANK: Readonly<Record<Priority, number>> = { high: 0, normal: 1, low: 2 };

/**
 * The requests of one key that wait for room within its limits, the urgent ones first, of equals who came first. The first
 * asks again when one of the key's requests has ended, and when its window begins anew.
 */
export class TurnLine {
  readonly #deps: TurnLineDeps;
  readonly #waiting: Waiter[] = [];
  #refused: readonly ClaimState[];
  #refusedAtMs: number;
  #cancelWake: (() => void) | undefined;
  #isAsking = false;
  #asksAgain = false;

  /** Begins with the claims that did not fit. */
  constructor(refused: readonly ClaimState[], deps: TurnLineDeps) {
    this.#deps = deps;
    this.#refused = refused;
    this.#refusedAtMs = deps.clock.monotonic();
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** Resolves with the caller's turn. Rejects with a 429 where that would be too late, or with the signal's reason. */
  async stand(asking: AdmissionRequest, turn: TurnRequest, signal: AbortSignal): Promise<Holding> {
    signal.throwIfAborted();
    const { maxWaiting = 0, maxWaitMs = 0 } = asking.principal.limits.queue ?? {};
    const atMostMs = Math.min(maxWaitMs, turn.leftMs);
    const before = placeOf(turn.priority, this.#waiting);
    if (this.#isHopeless || this.#expectedMs(before) > atMostMs) throw this.#refusal(before);
    if (this.#waiting.length >= maxWaiting) {
      const last = this.#waiting.at(-1);
      if (!last || RANK[last.priority] <= RANK[turn.priority]) throw this.#refusal(before);
      last.fail(this.#refusal(this.#waiting.length));
    }
    return this.#wait({ asking, priority: turn.priority, atMostMs, signal });
  }

  /** There may be room. */
  async goOn(): Promise<void> {
    this.#asksAgain = true;
    if (this.#isAsking) return;
    this.#isAsking = true;
    while (this.#asksAgain && this.#waiting.length > 0) await this.#askForFirst();
    this.#isAsking = false;
    if (this.#waiting.length > 0) this.#wakeLater();
  }

  async #askForFirst(): Promise<void> {
    const asker = this.#waiting[0] as Waiter;
    this.#asksAgain = false;
    try {
      const result = await this.#deps.reserve(asker.asking);
      if (!result.ok) return this.#note(result.states);
      if (this.#waiting.includes(asker)) asker.grant(result.holding);
      else this.#deps.giveBack(result.holding);
    } catch (cause) {
      asker.fail(toGatewayError(cause));
    }
    this.#asksAgain = true;
  }

  #note(refused: readonly ClaimState[]): void {
    this.#refused = refused;
    this.#refusedAtMs = this.#deps.clock.monotonic();
  }

  #wakeLater(): void {
    this.#cancelWake?.();
    const [refused] = this.#states();
    const ms = refused?.claim.kind === 'window' ? refused.resetMs : LOOK_EVERY_MS;
    this.#cancelWake = this.#deps.clock.after(Math.min(ms, LOOK_AT_LEAST_MS), () => void this.goOn());
  }

  /** The claims that did not fit, as they stand now. */
  #states(): readonly ClaimState[] {
    const passedMs = this.#deps.clock.monotonic() - this.#refusedAtMs;
    return this.#refused.map((state) => ({ ...state, resetMs: Math.max(0, state.resetMs - passedMs) }));
  }

  /** What is more than a whole window has does not come by waiting. */
  get #isHopeless(): boolean {
    const claim = this.#refused[0]?.claim;
    return claim !== undefined && claim.amount > claim.limit;
  }

  /** How long at least until it is the turn of one with so many before it. */
  #expectedMs(before: number): number {
    const [refused] = this.#states();
    if (refused?.claim.kind !== 'window') return 0;
    const { amount, limit, windowMs } = refused.claim;
    const perWindow = Math.floor(limit / Math.max(1, amount));
    return perWindow === 0 ? 0 : refused.resetMs + Math.floor(before / perWindow) * windowMs;
  }

  #refusal(before: number): GatewayError {
    this.#deps.onRefused();
    return refusal(this.#states(), this.#expectedMs(before));
  }

  #wait({ asking, priority, atMostMs, signal }: Standing): Promise<Holding> {
    const { clock, onEnd } = this.#deps;
    const beganMs = clock.monotonic();
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.#remove(waiter);
        cancelTimer();
        signal.removeEventListener('abort', onAbort);
        onEnd(clock.monotonic() - beganMs);
      };
      const waiter: Waiter = {
        asking,
        priority,
        grant(holding) {
          end();
          resolve(holding);
        },
        fail: (error) => {
          // Whoever asked for it may have left meanwhile.
          if (!this.#waiting.includes(waiter)) return;
          end();
          reject(error);
        },
      };
      const onAbort = (): void => {
        end();
        reject(signal.reason as Error);
      };
      const cancelTimer = clock.after(atMostMs, () => waiter.fail(this.#refusal(this.#waiting.indexOf(waiter))));
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.splice(placeOf(priority, this.#waiting), 0, waiter);
      if (!this.#isAsking && this.#waiting.length === 1) this.#wakeLater();
    });
  }

  #remove(waiter: Waiter): void {
    const index = this.#waiting.indexOf(waiter);
    if (index >= 0) this.#waiting.splice(index, 1);
    if (this.#waiting.length > 0) return;
    this.#cancelWake?.();
    this.#deps.onEmpty();
  }
}

interface Standing {
  readonly asking: AdmissionRequest;
  readonly priority: Priority;
  readonly atMostMs: number;
  readonly signal: AbortSignal;
}

/** Behind the last that is as urgent. */
function placeOf(priority: Priority, waiting: readonly Waiter[]): number {
  return waiting.findLastIndex((one) => RANK[one.priority] <= RANK[priority]) + 1;
}
