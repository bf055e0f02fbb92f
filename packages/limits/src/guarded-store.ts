import { gatewayError, isGatewayError } from '@sluice/contract';
import type {
  Claim,
  Clock,
  CounterStore,
  ErrorCode,
  GatewayError,
  LedgerIntent,
  RecordingCounterStore,
  ReserveResult,
  SharedCounterStore,
} from '@sluice/contract';
import { Deadlines } from './deadlines.js';
import { LocalShare } from './local-share.js';
import type { StandIn } from './stand-in.js';

/** What becomes of a request whose limits cannot be counted. */
export type OnStoreFailure = 'local' | 'allow' | 'reject';

export interface StorePolicy {
  /** How long the store may take to answer. */
  readonly timeoutMs: number;
  readonly onFailure: OnStoreFailure;
}

/** What there is for the time while a store fails. */
export interface Failing {
  /** Makes a store that counts for this process alone. */
  readonly local: () => CounterStore;
  /** Of the moment. */
  readonly policy: () => StorePolicy;
}

export interface GuardedStoreDeps {
  readonly store: CounterStore;
  readonly clock: Clock;
  /** Of this store, and of whoever guards it too. */
  readonly standIn: StandIn;
  /** Absent for a store that is this process's own memory and cannot fail. */
  readonly failing?: Failing;
  /** The refusal where the policy is `reject`. */
  readonly code: Extract<ErrorCode, 'limiter_unavailable' | 'budget_unavailable'>;
  readonly onError: (cause: unknown) => void;
}

/** What a request asks a store for. */
export interface Wish {
  readonly id: string;
  readonly claims: readonly Claim[];
  /** Its row, to be written with what is reserved by a store that can. */
  readonly row?: LedgerIntent | undefined;
}

/** What was reserved, and by whom it is settled; by nobody where it was let through uncounted. */
export interface Reserved {
  readonly result: ReserveResult;
  readonly store: CounterStore | undefined;
  /** Whether the row is written. */
  readonly isRecorded: boolean;
}

interface Asked extends Wish {
  readonly signal: AbortSignal;
  readonly failing: Failing;
  /** Of the moment in which it was asked. */
  readonly policy: StorePolicy;
}

/** So many failures in a row, and the store is left alone for a while. */
const MAX_FAILURES = 5;
const REST_MS = 1_000;

/** A store with a deadline for each call, and a policy for when it fails. */
export class GuardedStore {
  readonly #deps: GuardedStoreDeps;
  /** The same store, where others share it: it knows by itself whether it is there, and keeps its own deadlines. */
  readonly #shared: SharedCounterStore | undefined;
  /** The same store, where it can write rows. */
  readonly #recording: RecordingCounterStore | undefined;
  readonly #deadlines: Deadlines;
  #failures = 0;
  #restsUntilMs = 0;
  #admittedLocally = 0;

  constructor(deps: GuardedStoreDeps) {
    this.#deps = deps;
    this.#shared = isShared(deps.store) ? deps.store : undefined;
    this.#recording = isRecording(deps.store) ? deps.store : undefined;
    this.#deadlines = new Deadlines(deps.clock);
  }

  /** Requests that were admitted by what this process alone has counted. */
  get admittedLocally(): number {
    return this.#admittedLocally;
  }

  get store(): CounterStore {
    return this.#deps.store;
  }

  /** Whether it can write rows with what it reserves. */
  get records(): boolean {
    return this.#recording !== undefined;
  }

  reserve(wish: Wish, signal: AbortSignal): Promise<Reserved> {
    const { failing } = this.#deps;
    if (!failing) return this.#ask(wish, signal).then((result) => this.#reserved(result, wish));
    const { id, claims, row } = wish;
    const asked: Asked = { id, claims, row, signal, failing, policy: failing.policy() };
    if (this.#isAway) return this.#without(asked, undefined);
    const reserving = this.#ask(asked, signal);
    if (!this.#shared) return this.#within(asked, reserving);
    return reserving.then(
      (result) => this.#counted(result, asked),
      (cause: unknown) => this.#failed(asked, cause),
    );
  }

  #ask({ id, claims, row }: Wish, signal: AbortSignal): Promise<ReserveResult> {
    const recording = row && this.#recording;
    return recording ? recording.reserveAndOpen(row, claims, signal) : this.#deps.store.reserve(id, claims, signal);
  }

  get #isAway(): boolean {
    return this.#shared ? !this.#shared.isUp : this.#deps.clock.monotonic() < this.#restsUntilMs;
  }

  #counted(result: ReserveResult, wish: Wish): Reserved {
    const { standIn } = this.#deps;
    this.#failures = 0;
    // One that is shared was told what was counted meanwhile, and knows what it has told; a further outage begins anew.
    if (this.#shared) standIn.forgetLocal();
    else standIn.remember(result);
    return this.#reserved(result, wish);
  }

  #reserved(result: ReserveResult, { row }: Wish): Reserved {
    return { result, store: this.#deps.store, isRecorded: result.ok && row !== undefined && this.records };
  }

  async #failed(asked: Asked, cause: unknown): Promise<Reserved> {
    if (asked.signal.aborted) throw cause;
    this.#noteFailure(cause);
    return this.#without(asked, cause);
  }

  async #without({ id, claims, signal, failing, policy }: Asked, cause: unknown): Promise<Reserved> {
    const { onFailure } = policy;
    const shared = this.#shared;
    const isRefused = onFailure === 'reject' || (onFailure === 'local' && shared && !shared.note(id, claims));
    if (isRefused) throw gatewayError(this.#deps.code, { cause, details: { retryAfterMs: REST_MS } });
    if (onFailure === 'allow') return { result: { ok: true, id, states: [] }, store: undefined, isRecorded: false };
    const left = new Map(claims.map((claim) => [{ ...claim, limit: this.#shareOf(claim) }, claim]));
    const local = this.#deps.standIn.local(() => this.#newLocal(failing));
    const result = await local.reserve(id, [...left.keys()], signal);
    if (result.ok) this.#admittedLocally += 1;
    // Callers are told the limit that they have, not what the store had left of it.
    const states = result.states.map((state) => ({
      ...state,
      claim: left.get(state.claim) ?? state.claim,
      ...(shared && ({ isLocal: true } as const)),
    }));
    return { result: { ...result, states }, store: local, isRecorded: false };
  }

  #newLocal({ local }: Failing): CounterStore {
    return this.#shared ? new LocalShare(local(), this.#shared) : local();
  }

  /** What this process may take by itself: of what the store had left, an equal part for each that shares it. */
  #shareOf(claim: Claim): number {
    const shared = this.#shared;
    if (!shared) return claim.limit - this.#deps.standIn.seenOf(claim);
    if (claim.kind === 'gauge') return Math.floor(claim.limit / shared.sharers) - shared.heldOf(claim);
    return Math.floor((claim.limit - shared.lastUsed(claim)) / shared.sharers);
  }

  /** A store that has not answered in time has failed; what it reserves after all is void. */
  #within(asked: Asked, reserving: Promise<ReserveResult>): Promise<Reserved> {
    return new Promise((resolve) => {
      let isLate = false;
      const deadline = this.#deadlines.begin(asked.policy.timeoutMs, () => {
        isLate = true;
        resolve(this.#failed(asked, this.#giveUp(asked.id)));
      });
      reserving.then(
        (result) => {
          this.#deadlines.end(deadline);
          if (!isLate) resolve(this.#counted(result, asked));
          else if (result.ok) this.#deps.store.cancel(asked.id).catch(this.#deps.onError);
        },
        (cause: unknown) => {
          this.#deadlines.end(deadline);
          if (!isLate) resolve(this.#failed(asked, cause));
        },
      );
    });
  }

  #giveUp(id: string): GatewayError {
    // What is not begun yet is not to be; should this fail, the end of its lease ends it.
    this.#deps.store.cancel(id).catch(() => undefined);
    return gatewayError(this.#deps.code, { message: 'The store did not answer in time.' });
  }

  #noteFailure(cause: unknown): void {
    this.#failures += 1;
    if (this.#failures >= MAX_FAILURES) this.#restsUntilMs = this.#deps.clock.monotonic() + REST_MS;
    // One line for each rest, not for each request.
    if (this.#failures === 1 || this.#failures % MAX_FAILURES === 0)
      this.#deps.onError(isGatewayError(cause) ? (cause.cause ?? cause) : cause);
  }
}

function isRecording(store: CounterStore): store is RecordingCounterStore {
  return 'reserveAndOpen' in store;
}

function isShared(store: CounterStore): store is SharedCounterStore {
  return 'note' in store;
}
