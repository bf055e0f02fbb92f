import type { Actual, Claim } from '@sluice/contract';
import { fieldOf, kindOf } from './fields.js';
import type { ClaimArgs } from './fields.js';

/** How a reservation ends: settled with what was used, or as if it had never been. */
export type Ending = { readonly actual: Actual } | 'cancelled';

/** A reservation of this process, from its making until the server has confirmed its end. */
export interface Own {
  readonly claims: readonly ClaimArgs[];
  /** By the monotonic clock. */
  readonly madeAtMs: number;
  /** The server has it, or may have it. */
  isThere: boolean;
  ending?: Ending;
}

/** What is kept of what the server could not be told, at most. */
const MAX_UNSENT = 100_000;

/** What this process holds, and what the server still has to hear of it. */
export class OwnReservations {
  readonly #all = new Map<string, Own>();
  /** Of gauges, by field, held in the server. */
  readonly #held = new Map<string, number>();
  readonly #unsent = new Set<string>();

  /** Ids that the server has to hear of, the oldest first. */
  get unsent(): ReadonlySet<string> {
    return this.#unsent;
  }

  /** Ids of those that go on and that the server has. */
  get live(): readonly string[] {
    return [...this.#all].filter(([, { isThere, ending }]) => isThere && !ending).map(([id]) => id);
  }

  get(id: string): Own | undefined {
    return this.#all.get(id);
  }

  /** The server has granted it. */
  grant(id: string, claims: readonly ClaimArgs[], madeAtMs: number): void {
    if (this.#all.has(id)) return;
    this.#all.set(id, { claims, madeAtMs, isThere: true });
    this.#hold(claims, 1);
  }

  /** It was admitted without the server. False where there is no room for more of them. */
  note(id: string, claims: readonly ClaimArgs[], madeAtMs: number): boolean {
    if (this.#unsent.size >= MAX_UNSENT) return false;
    this.#all.set(id, { claims, madeAtMs, isThere: false });
    this.#unsent.add(id);
    return true;
  }

  /** The server has taken over what was noted. */
  adopted(id: string, own: Own): void {
    if (own.isThere) return;
    own.isThere = true;
    if (own.ending) return;
    this.#hold(own.claims, 1);
    this.#unsent.delete(id);
  }

  /** It ends. Also one that is not of this process. */
  end(id: string, ending: Ending, nowMs: number): Own {
    const own = this.#all.get(id) ?? { claims: [], madeAtMs: nowMs, isThere: true };
    if (own.ending) return own;
    if (own.isThere) this.#hold(own.claims, -1);
    own.ending = ending;
    this.#all.set(id, own);
    return own;
  }

  /** The server could not be told: it is to hear of it later. False where there is no room for more of them. */
  postpone(id: string): boolean {
    if (this.#unsent.size >= MAX_UNSENT) {
      this.forget(id);
      return false;
    }
    this.#unsent.add(id);
    return true;
  }

  /** The server has heard of its end, or nobody needs to any more; `own` is of which nobody has made another one since. */
  forget(id: string, own?: Own): void {
    if (own && this.#all.get(id) !== own) return;
    this.#all.delete(id);
    this.#unsent.delete(id);
  }

  /** The server knows nothing of them any more. */
  lost(): void {
    this.#held.clear();
    for (const [id, own] of this.#all) {
      own.isThere = false;
      this.#unsent.add(id);
    }
  }

  /** What this process holds of a gauge in the server. */
  heldOf(claim: Claim): number {
    return this.#held.get(fieldOf(claim, kindOf(claim))) ?? 0;
  }

  #hold(claims: readonly ClaimArgs[], sign: 1 | -1): void {
    for (const [field, kind, amount] of claims) {
      if (kind !== 'g') continue;
      const held = (this.#held.get(field) ?? 0) + sign * amount;
      if (held > 0) this.#held.set(field, held);
      else this.#held.delete(field);
    }
  }
}
