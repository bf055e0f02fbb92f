import { hash } from 'node:crypto';
import { gatewayError, isGatewayError } from '@sluice/contract';
import type {
  AtomicKeyValueStore,
  Clock,
  Idempotency,
  IdempotencyClaim,
  IdempotentRequest,
  KeptAnswer,
} from '@sluice/contract';
import { WhenIdle, withDeadline } from '@sluice/toolkit';
import { Claim, LEASE_MS, STORE_TIMEOUT_MS } from './claim.js';
import { readEntry, writeClaim } from './entry.js';
import type { Entry } from './entry.js';
import { fingerprintOf } from './fingerprint.js';

export interface IdempotentRequestsDeps {
  readonly store: AtomicKeyValueStore;
  readonly clock: Clock;
  /** Unique over all processes that share the store. */
  readonly newToken: () => string;
  /** Asked for each claim as it is made. */
  readonly rules: () => { readonly ttlMs: number; readonly maxAnswerBytes: number };
  /** Hears of every failure of the store. Must not throw. */
  readonly onError: (cause: unknown) => void;
}

/** What a caller is told to wait before it asks for an answer that is being made. */
const ASK_AGAIN_MS = 1_000;
const PARAM = 'idempotency-key';
const never = new AbortController().signal;

/**
 * Requests that are carried out once for each key that a caller gives them. Nothing of one tenant, or of one API key, is
 * ever found by another.
 */
export class IdempotentRequests implements Idempotency {
  readonly #deps: IdempotentRequestsDeps;
  readonly #standing = new Set<Claim>();
  readonly #idle = new WhenIdle(() => this.#standing.size === 0);
  #replayed = 0;

  constructor(deps: IdempotentRequestsDeps) {
    this.#deps = deps;
  }

  /** How many answers were given again. */
  get replayed(): number {
    return this.#replayed;
  }

  async claim(
    { tenant, keyId, key, parts }: IdempotentRequest,
    signal: AbortSignal,
  ): Promise<KeptAnswer | IdempotencyClaim> {
    const { newToken, rules, ...deps } = this.#deps;
    const fingerprint = fingerprintOf(parts);
    const place = hash('sha256', JSON.stringify([tenant, keyId, key]), 'base64url');
    const own = writeClaim(fingerprint, newToken());
    const found = await this.#putIfAbsent(place, own, signal);
    if (found) return this.#answerOf(found, fingerprint);
    const claim = new Claim({ ...deps, place, fingerprint, own, rules: rules(), onEnd: (one) => this.#forget(one) });
    this.#standing.add(claim);
    return claim;
  }

  /** Resolves when no claim stands any more, whether somebody waits for its answer or not. */
  idle(): Promise<void> {
    return this.#idle.wait();
  }

  /** Ends with `reason` every request that is still carried out. */
  stop(reason: Error): void {
    for (const claim of this.#standing) claim.abort(reason);
  }

  #answerOf({ fingerprint, answer }: Entry, asked: string): KeptAnswer {
    if (fingerprint !== asked) throw gatewayError('idempotency_key_reused', { details: { param: PARAM } });
    if (!answer) {
      throw gatewayError('idempotency_in_progress', { details: { param: PARAM, retryAfterMs: ASK_AGAIN_MS } });
    }
    this.#replayed += 1;
    return answer;
  }

  async #putIfAbsent(place: string, own: Uint8Array, signal: AbortSignal): Promise<Entry | undefined> {
    const { store, clock, onError } = this.#deps;
    const entry = { value: own, ttlMs: LEASE_MS };
    try {
      const step = (inner: AbortSignal): Promise<Uint8Array | undefined> => store.putIfAbsent(place, entry, inner);
      const found = await withDeadline(step, { ms: STORE_TIMEOUT_MS, clock }, signal);
      return found && readEntry(found);
    } catch (cause) {
      // It may have been written and not told, and then nobody would renew it or give it back.
      void this.#takeBack(place, own);
      if (signal.aborted) throw cause;
      onError(cause);
      throw isGatewayError(cause, 'storage_unavailable')
        ? cause
        : gatewayError('storage_unavailable', { message: 'What was answered before cannot be looked up.', cause });
    }
  }

  async #takeBack(place: string, own: Uint8Array): Promise<void> {
    const { store, clock } = this.#deps;
    const step = (signal: AbortSignal): Promise<boolean> => store.deleteIf(place, own, signal);
    // Where that fails too, its lease ends it.
    await withDeadline(step, { ms: STORE_TIMEOUT_MS, clock }, never).catch(() => undefined);
  }

  #forget(claim: Claim): void {
    this.#standing.delete(claim);
    this.#idle.check();
  }
}
