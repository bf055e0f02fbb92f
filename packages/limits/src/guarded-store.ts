import { gatewayError, isGatewayError } from '@sluice/contract';
import type { Claim, Clock, CounterStore, ErrorCode, ReserveResult } from '@sluice/contract';

/** What becomes of a request whose limits cannot be counted. */
export type OnStoreFailure = 'local' | 'allow' | 'reject';

export interface StorePolicy {
  /** How long the store may take to answer. */
  readonly timeoutMs: number;
  readonly onFailure: OnStoreFailure;
}

export interface GuardedStoreDeps {
  readonly store: CounterStore;
  readonly clock: Clock;
  /** Counts for this process alone while the store fails. */
  readonly local: CounterStore;
  /** Of the moment; absent for a store that is this process's own memory and cannot fail. */
  readonly policy?: () => StorePolicy;
  /** The refusal where the policy is `reject`. */
  readonly code: Extract<ErrorCode, 'limiter_unavailable' | 'budget_unavailable'>;
  readonly onError: (cause: unknown) => void;
}

/** What was reserved, and by whom it is settled; by nobody where it was let through uncounted. */
export interface Reserved {
  readonly result: ReserveResult;
  readonly store: CounterStore | undefined;
}

/** So many failures in a row, and the store is left alone for a while. */
const MAX_FAILURES = 5;
const REST_MS = 1_000;
const MAX_SEEN = 10_000;

/** A store with a deadline for each call, and a policy for when it fails. */
export class GuardedStore {
  readonly #deps: GuardedStoreDeps;
  /** What was counted when the store last told, so that this process alone does not begin anew. */
  readonly #seen = new Map<string, number>();
  #failures = 0;
  #restsUntilMs = 0;

  constructor(deps: GuardedStoreDeps) {
    this.#deps = deps;
  }

  get store(): CounterStore {
    return this.#deps.store;
  }

  async reserve(id: string, claims: readonly Claim[], signal: AbortSignal): Promise<Reserved> {
    const { store, policy, clock } = this.#deps;
    if (!policy) return { result: await store.reserve(id, claims, signal), store };
    const { timeoutMs, onFailure } = policy();
    if (clock.monotonic() < this.#restsUntilMs) return this.#without(onFailure, { id, claims, signal }, undefined);
    try {
      const result = await this.#within(timeoutMs, store.reserve(id, claims, signal), id);
      this.#failures = 0;
      if (onFailure === 'local') this.#remember(result);
      return { result, store };
    } catch (cause) {
      if (signal.aborted) throw cause;
      this.#noteFailure(cause);
      return this.#without(onFailure, { id, claims, signal }, cause);
    }
  }

  async #without(
    onFailure: OnStoreFailure,
    { id, claims, signal }: { readonly id: string; readonly claims: readonly Claim[]; readonly signal: AbortSignal },
    cause: unknown,
  ): Promise<Reserved> {
    if (onFailure === 'reject') throw gatewayError(this.#deps.code, { cause, details: { retryAfterMs: REST_MS } });
    if (onFailure === 'allow') return { result: { ok: true, id, states: [] }, store: undefined };
    const { local } = this.#deps;
    const left = claims.map((claim) => ({ ...claim, limit: claim.limit - (this.#seen.get(keyOf(claim)) ?? 0) }));
    return { result: await local.reserve(id, left, signal), store: local };
  }

  /** Rejects when the store has not answered in time; what it reserves after all is void. */
  #within(ms: number, reserved: Promise<ReserveResult>, id: string): Promise<ReserveResult> {
    const { clock, store, onError } = this.#deps;
    return new Promise((resolve, reject) => {
      let isLate = false;
      const cancel = clock.after(ms, () => {
        isLate = true;
        reject(gatewayError(this.#deps.code, { message: 'The store did not answer in time.' }));
      });
      reserved.then(
        (result) => {
          cancel();
          if (isLate && result.ok) store.cancel(id).catch(onError);
          else resolve(result);
        },
        (cause: Error) => {
          cancel();
          reject(cause);
        },
      );
    });
  }

  #noteFailure(cause: unknown): void {
    this.#failures += 1;
    if (this.#failures >= MAX_FAILURES) this.#restsUntilMs = this.#deps.clock.monotonic() + REST_MS;
    // One line for each rest, not for each request.
    if (this.#failures === 1 || this.#failures % MAX_FAILURES === 0)
      this.#deps.onError(isGatewayError(cause) ? (cause.cause ?? cause) : cause);
  }

  #remember({ states }: ReserveResult): void {
    for (const { claim, remaining } of states) {
      if (claim.kind === 'gauge') continue;
      const key = keyOf(claim);
      this.#seen.delete(key);
      this.#seen.set(key, claim.limit - remaining);
      if (this.#seen.size > MAX_SEEN) this.#seen.delete(this.#seen.keys().next().value as string);
    }
  }
}

function keyOf({ scope, name, span, windowMs }: Claim): string {
  return `${scope}\n${name}\n${span ?? ''}${windowMs}`;
}
