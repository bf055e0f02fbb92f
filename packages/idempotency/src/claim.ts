import { isGatewayError } from '@sluice/contract';
import type { AtomicKeyValueStore, Clock, IdempotencyClaim, KeptAnswer } from '@sluice/contract';
import { withDeadline } from '@sluice/toolkit';
import { writeAnswer } from './entry.js';

/** For how long a claim stands whose process has died; it is renewed as long as one lives. */
export const LEASE_MS = 30_000;
/** Twice before it is over, should one renewal fail. */
const RENEW_EVERY_MS = 10_000;
/** The store may be away for a moment just when an answer is there, which is paid for: so often it is tried again, */
const KEEP_AGAIN_MS = 500;
/** for as long as the claim stands that was last renewed when the answer was still to come. */
const KEEP_WITHIN_MS = LEASE_MS - RENEW_EVERY_MS;
/** One use of the store. */
export const STORE_TIMEOUT_MS = 1_000;

const never = new AbortController().signal;

export interface ClaimParts {
  readonly store: AtomicKeyValueStore;
  readonly clock: Clock;
  /** The key of the entry. */
  readonly place: string;
  readonly fingerprint: string;
  /** What the store has as long as the claim stands. */
  readonly own: Uint8Array;
  readonly rules: { readonly ttlMs: number; readonly maxAnswerBytes: number };
  readonly onError: (cause: unknown) => void;
  /** The claim stands no more, whatever became of it. */
  readonly onEnd: (claim: Claim) => void;
}

/** A claim as long as it stands. */
export class Claim implements IdempotencyClaim {
  readonly #parts: ClaimParts;
  readonly #controller = new AbortController();
  #cancelRenewal: () => void;
  #ended = false;

  constructor(parts: ClaimParts) {
    this.#parts = parts;
    this.#cancelRenewal = parts.clock.after(RENEW_EVERY_MS, () => void this.#renew());
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get maxBytes(): number {
    return this.#parts.rules.maxAnswerBytes;
  }

  abort(reason: Error): void {
    this.#controller.abort(reason);
  }

  async keep(answer: KeptAnswer): Promise<void> {
    const { store, place, own: expected, fingerprint, rules, onError, onEnd } = this.#parts;
    if (sizeOf(answer) > rules.maxAnswerBytes) return this.#giveUp();
    if (!this.#end()) return;
    const value = writeAnswer(fingerprint, answer);
    const write = (): Promise<boolean> =>
      this.#within((signal) => store.replace(place, { expected, value, ttlMs: rules.ttlMs }, signal));
    try {
      await write();
    } catch (cause) {
      onError(cause);
      if (isFull(cause)) await this.#giveBack();
      else this.#keepLater(write, this.#parts.clock.monotonic() + KEEP_WITHIN_MS);
    } finally {
      onEnd(this);
    }
  }

  /** Nobody waits for it: whoever asked has the answer, and a gateway that ends does so. */
  #keepLater(write: () => Promise<boolean>, untilMs: number): void {
    const { clock } = this.#parts;
    clock.after(KEEP_AGAIN_MS, () => {
      write().catch(() => {
        if (clock.monotonic() + KEEP_AGAIN_MS < untilMs) this.#keepLater(write, untilMs);
      });
    });
  }

  release(): void {
    void this.#giveUp();
  }

  async #giveUp(): Promise<void> {
    if (!this.#end()) return;
    await this.#giveBack();
    this.#parts.onEnd(this);
  }

  /** The same request may then be carried out anew, at once. Never rejects. */
  async #giveBack(): Promise<void> {
    const { store, place, own, onError } = this.#parts;
    await this.#within((signal) => store.deleteIf(place, own, signal)).catch(onError);
  }

  /** False where it had ended before. */
  #end(): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    this.#cancelRenewal();
    return true;
  }

  async #renew(): Promise<void> {
    const { store, clock, place, own, onError } = this.#parts;
    const change = { expected: own, value: own, ttlMs: LEASE_MS };
    const holds = await this.#within((signal) => store.replace(place, change, signal)).catch((cause: unknown) => {
      onError(cause);
      return true;
    });
    if (this.#ended) return;
    if (holds) this.#cancelRenewal = clock.after(RENEW_EVERY_MS, () => void this.#renew());
    // Whose lease has run out has no right to it any more; its own caller gets the answer all the same.
    else
      onError(new Error('The store has lost the claim of a request that is under way: it may be carried out again.'));
  }

  #within<T>(step: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return withDeadline(step, { ms: STORE_TIMEOUT_MS, clock: this.#parts.clock }, never);
  }
}

/** Of a store that says no, and will say it again. */
export function isFull(cause: unknown): boolean {
  return isGatewayError(cause, 'storage_unavailable') && cause.details.isFull === true;
}

function sizeOf({ body }: KeptAnswer): number {
  return typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
}
