import { gatewayError } from '@sluice/contract';
import type {
  Actual,
  Claim,
  ClaimState,
  ClaimWindow,
  Clock,
  Counted,
  ReserveResult,
  SharedCounterStore,
} from '@sluice/contract';
import { figuresOf, toArgs, toState } from './fields.js';
import type { ClaimArgs, Figures } from './fields.js';
import { KnownCounts } from './known-counts.js';
import type { RedisLink } from './link.js';
import { RENEW, RESERVE } from './lua/scripts.js';
import { OwnReservations } from './own-reservations.js';
import type { Ending } from './own-reservations.js';
import { Recovery } from './recovery.js';
import type { CountKeeper } from './recovery.js';
import { createScript } from './run-script.js';
import type { Answer } from './run-script.js';
import { ScriptCaller } from './script-caller.js';

export interface RedisCounterOptions {
  readonly clock: Clock;
  /** How long any command may take. Of the moment. */
  readonly timeoutMs: () => number;
  /** Makes names that nobody else makes: of this process, and of what it begins. */
  readonly newId: () => string;
  /** Hears what goes wrong by itself. Must not throw. */
  readonly onError: (cause: unknown) => void;
  /** How long a reservation lives without being renewed. Default 30 s. */
  readonly leaseMs?: number;
  /** What all keys in the server begin with. Default `sluice:`. */
  readonly prefix?: string;
  /** Where counts of money are kept beside the server, for the time when it has forgotten them. */
  readonly keeper?: CountKeeper;
  /** How long a new epoch waits for every gateway to tell what it knows. Default 600 ms. */
  readonly graceMs?: number;
  /** What stands in for the server's clock, where a test moves time. */
  readonly nowMs?: () => number;
}

const RESERVING = createScript(RESERVE);
const RENEWING = createScript(RENEW);
const DEFAULT_LEASE_MS = 30_000;
const DEFAULT_GRACE_MS = 600;

/**
 * Counts in Redis, exact among all gateways that share the server: every step is one script, by the server's clock. A call
 * that is not answered in time is void, also where the server executes it later. What the server has lost, by a restart, a
 * flush or an eviction, is noticed by its epoch and put back from what the gateways know before anything is counted anew.
 * What ends while the server is out of reach is told to it when it is back. Rejects at once while it is.
 */
export class RedisCounterStore implements SharedCounterStore {
  readonly leaseMs: number;
  readonly #link: RedisLink;
  readonly #options: RedisCounterOptions;
  readonly #caller: ScriptCaller;
  readonly #recovery: Recovery;
  readonly #known = new KnownCounts();
  readonly #own: OwnReservations;
  #isFull = false;

  constructor(link: RedisLink, options: RedisCounterOptions) {
    const { clock, timeoutMs, newId, keeper } = options;
    const { leaseMs = DEFAULT_LEASE_MS, prefix = 'sluice:', graceMs = DEFAULT_GRACE_MS } = options;
    this.#link = link;
    this.#options = options;
    this.leaseMs = leaseMs;
    this.#caller = new ScriptCaller(link, { clock, timeoutMs, prefix, nowMs: options.nowMs ?? (() => undefined) });
    this.#own = new OwnReservations({ newId, serverMs: (monotonicMs) => this.#caller.serverMsAt(monotonicMs) });
    this.#recovery = new Recovery({
      ...{ clock, caller: this.#caller, known: this.#known, own: this.#own, newId, leaseMs, keeper, graceMs },
      isLinked: () => link.isUp,
    });
  }

  get isUp(): boolean {
    return this.#link.isUp && this.#recovery.isOpen;
  }

  get sharers(): number {
    return this.#recovery.sharers;
  }

  /** Times that the server had lost everything. */
  get rebuilds(): number {
    return this.#recovery.rebuilds;
  }

  /** Reservations, and ends of them, that the server has still to hear of. */
  get unsent(): number {
    return this.#own.unsent.size;
  }

  async reserve(id: string, claims: readonly Claim[], signal: AbortSignal): Promise<ReserveResult> {
    signal.throwIfAborted();
    if (!this.isUp) throw gatewayError('storage_unavailable', { message: 'Redis cannot be asked.' });
    // What was admitted without the server counts before what is asked of it.
    if (this.#own.unsent.size > 0) this.#recovery.tell('usual').catch(this.#options.onError);
    const args = claims.map(toArgs);
    const answer = await this.#reserve(id, args);
    if (answer[0] === 'ok') this.#own.grant(id, args, this.#options.clock.monotonic());
    if (signal.aborted) {
      void this.cancel(id);
      throw signal.reason;
    }
    return this.#toResult(id, claims, { args, answer });
  }

  async renew(ids: readonly string[]): Promise<void> {
    // While the server is out of reach nothing ends there either; it is told when it is back.
    if (!this.isUp) return;
    const there = ids.filter((id) => this.#own.get(id)?.isThere !== false);
    if (there.length === 0) return;
    const asked = { epoch: this.#recovery.epoch, ids: there, leaseMs: this.leaseMs };
    this.#noteStatus(await this.#caller.call(RENEWING, asked, 'usual'));
  }

  settle(id: string, actual: Actual): Promise<void> {
    return this.#end(id, { actual });
  }

  cancel(id: string): Promise<void> {
    return this.#end(id, 'cancelled');
  }

  note(id: string, claims: readonly Claim[]): boolean {
    const isNoted = this.#own.note(id, claims.map(toArgs), this.#options.clock.monotonic());
    // Once for each outage.
    if (!isNoted && !this.#isFull) this.#options.onError(new Error('Redis has more to hear of than can be kept.'));
    this.#isFull ||= !isNoted;
    return isNoted;
  }

  lastUsed(claim: Claim): number {
    return this.#known.usedOf(claim, this.#caller.nowMs);
  }

  heldOf(claim: Claim): number {
    return this.#own.heldOf(claim);
  }

  /** What is counted under a name in such windows, as far as this process was told, by scope, the most first. */
  list(window: ClaimWindow): readonly Counted[] {
    return this.#known.list(window, this.#caller.nowMs);
  }

  /** What `RedisLink` has to do before it takes the server for there, and once in a while after it. */
  check(): Promise<void> {
    return this.#recovery.check();
  }

  /** The server is there again. */
  resume(): void {
    this.#isFull = false;
    this.#recovery.resume();
  }

  async #reserve(id: string, claims: readonly ClaimArgs[]): Promise<Answer> {
    // What an earlier try was to be cancelled for, this one is granted for, if it was.
    if (this.#own.get(id)?.ending === 'cancelled') this.#own.forget(id);
    const ask = (): Promise<Answer> => {
      const by = this.#caller.deadlineMs;
      const asked = { epoch: this.#recovery.epoch, opened: true, by, id, claims, leaseMs: this.leaseMs };
      return this.#caller.call(RESERVING, asked, 'usual');
    };
    try {
      const answer = await ask();
      // Void in time: the server's clock was set, and is known now.
      return this.#noteStatus(answer[0] === 'late' ? await ask() : answer);
    } catch (cause) {
      // It may have been granted and not told.
      if (!this.#own.get(id)) void this.cancel(id);
      throw cause;
    }
  }

  #noteStatus(answer: Answer): Answer {
    if (answer[0] === 'ok' || answer[0] === 'no') return answer;
    if (answer[0] === 'epoch') {
      this.#recovery.doubt();
      this.#link.suspect();
    }
    throw new Error(`Redis did nothing: ${answer[0]}.`);
  }

  async #end(id: string, ending: Ending): Promise<void> {
    const own = this.#own.end(id, ending, this.#options.clock.monotonic());
    if (this.isUp && own.isThere) {
      try {
        return await this.#recovery.finish(id, own, 'usual');
      } catch {
        // It is told again.
      }
    }
    this.#own.postpone(id);
  }

  #toResult(
    id: string,
    claims: readonly Claim[],
    { args, answer }: { readonly args: readonly ClaimArgs[]; readonly answer: Answer },
  ): ReserveResult {
    const figures = figuresOf(answer);
    const states = claims.map((claim, index): ClaimState => {
      this.#known.watch(args[index] as ClaimArgs);
      this.#known.note(args[index] as ClaimArgs, figures[index] as Figures);
      return toState(claim, figures[index] as Figures);
    });
    const refused = Number(answer[2]);
    if (refused === 0) return { ok: true, id, states };
    const [first] = states.splice(refused - 1, 1);
    return { ok: false, states: [first as ClaimState, ...states] };
  }
}
