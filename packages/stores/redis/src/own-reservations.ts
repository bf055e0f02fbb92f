import type { Actual, Claim } from '@sluice/contract';
import { FleetingMap } from '@sluice/toolkit';
import { EndedParts } from './ended-parts.js';
import { fieldOf, kindOf } from './fields.js';
import type { ClaimArgs } from './fields.js';

/** How a reservation ends: settled with what was used, or as if it had never been. */
export type Ending = { readonly actual: Actual } | 'cancelled';

/** A reservation of this process, from its making until the server has confirmed its end. */
export interface Own {
  readonly claims: readonly ClaimArgs[];
  /** By the monotonic clock. */
  readonly madeAtMs: number;
  /** The server has it, or is to be asked as if it had. */
  isThere: boolean;
  /** The server was asked to take it, and what came of that is not known. */
  mayBeThere?: boolean;
  ending?: Ending;
}

export interface OwnReservationsDeps {
  readonly newId: () => string;
  /** The server's time at a moment of the monotonic clock. */
  readonly serverMs: (monotonicMs: number) => number;
}

/** What is kept of what the server could not be told, at most: of what ended meanwhile the sums alone. */
const MAX_UNSENT = 100_000;

/** What this process holds, and what the server still has to hear of it. */
export class OwnReservations {
  readonly #all = new FleetingMap<string, Own>();
  /** Of gauges, by field, held in the server. */
  readonly #held = new Map<string, number>();
  readonly #unsent = new Set<string>();
  readonly #ended: EndedParts;
  readonly #newId: () => string;

  constructor({ newId, serverMs }: OwnReservationsDeps) {
    this.#newId = newId;
    this.#ended = new EndedParts(serverMs);
  }

  /** Ids that the server has to hear of. */
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

  /** It is to be admitted without the server. False where there is no room for more of them: then it must not be. */
  note(id: string, claims: readonly ClaimArgs[], madeAtMs: number): boolean {
    if (this.#unsent.size >= MAX_UNSENT) return false;
    // The server was asked for the same one, and did not answer.
    const mayBeThere = this.#all.has(id);
    this.#all.set(id, { claims, madeAtMs, isThere: false, mayBeThere });
    this.#unsent.add(id);
    return true;
  }

  /** What the server has still to hear of, the earliest first: a window begins with the first claim that it hears of. */
  unsentInTime(): readonly string[] {
    const madeAtMs = (id: string): number => this.#all.get(id)?.madeAtMs ?? 0;
    return [...this.#unsent].sort((one, other) => madeAtMs(one) - madeAtMs(other));
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

  /** The server could not be told of its end: it is to hear of it later, by itself or in a sum. */
  postpone(id: string): void {
    const own = this.#all.get(id);
    if (!own?.ending) return;
    if (own.isThere || own.mayBeThere) return void this.#unsent.add(id);
    this.forget(id);
    if (own.ending !== 'cancelled') this.#addToSums(own, own.ending.actual);
  }

  /** The server has heard of its end, or nobody needs to any more; `own` is of which nobody has made another one since. */
  forget(id: string, own?: Own): void {
    if (own && this.#all.get(id) !== own) return;
    this.#all.delete(id);
    this.#unsent.delete(id);
    if (this.#unsent.size === 0) this.#ended.clear();
  }

  /** The server knows nothing of them any more. */
  lost(): void {
    this.#held.clear();
    for (const [id, own] of this.#all) {
      own.isThere = own.mayBeThere = false;
      this.#unsent.add(id);
    }
  }

  /** What this process holds of a gauge in the server. */
  heldOf(claim: Claim): number {
    return this.#held.get(fieldOf(claim, kindOf(claim))) ?? 0;
  }

  #addToSums({ claims, madeAtMs }: Own, actual: Actual): void {
    for (const claim of claims) {
      const [, kind, reserved, , , name] = claim;
      const used = actual[name] ?? reserved;
      if (kind !== 'g' && used !== 0) this.#addToSum(claim, used, madeAtMs);
    }
  }

  #addToSum(claim: ClaimArgs, used: number, madeAtMs: number): void {
    const [field, kind, , limit, windowMs, name] = claim;
    const found = this.#ended.find(claim, madeAtMs);
    const sum = found === undefined ? undefined : this.#all.get(found);
    // To what the server may have been told nothing can be added.
    const goesOn = found !== undefined && sum?.isThere === false && !sum.mayBeThere;
    const id = goesOn ? found : this.#newId();
    const [before = 0, latestMs = madeAtMs] = goesOn ? [sum.claims[0]?.[2], sum.madeAtMs] : [];
    const claims = [[field, kind, before + used, limit, windowMs, name]] as const;
    this.#all.set(id, { claims, madeAtMs: Math.max(latestMs, madeAtMs), isThere: false, ending: { actual: {} } });
    this.#unsent.add(id);
    if (!goesOn) for (const over of this.#ended.put(claim, madeAtMs, id)) this.forget(over);
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
