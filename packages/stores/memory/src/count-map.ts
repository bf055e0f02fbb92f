import type { Claim } from '@sluice/contract';
import { createCount } from './counts.js';
import type { Count, Moment } from './counts.js';

const SMALLEST_SWEEP = 1_024;

interface Counted extends Pick<Claim, 'kind' | 'name' | 'span' | 'windowMs'> {
  readonly count: Count;
}

/** Counts by what they are for. What has ended is dropped whenever there are twice as many as after the last time. */
export class CountMap {
  /** A scope has few of them: to look through these is cheaper than to make a name for each claim. */
  readonly #scopes = new Map<string, Counted[]>();
  #size = 0;
  #sweepAtSize = SMALLEST_SWEEP;

  /** Counts in memory, live or not yet swept. */
  get size(): number {
    return this.#size;
  }

  of(claim: Claim): Count {
    let counted = this.#scopes.get(claim.scope);
    if (!counted) this.#scopes.set(claim.scope, (counted = []));
    for (const one of counted) if (isCountOf(one, claim)) return one.count;
    const { kind, name, span, windowMs } = claim;
    const count = createCount(claim);
    counted.push({ kind, name, windowMs, count, ...(span && { span }) });
    this.#size += 1;
    return count;
  }

  /** Not between looking a count up and counting in it: one that is new has nothing to show yet. */
  tidy(at: Moment): void {
    if (this.#size < this.#sweepAtSize) return;
    this.#size = 0;
    for (const [scope, counted] of this.#scopes) {
      const left = counted.filter(({ count }) => !count.isOver(at));
      if (left.length === 0) this.#scopes.delete(scope);
      else this.#scopes.set(scope, left);
      this.#size += left.length;
    }
    this.#sweepAtSize = Math.max(SMALLEST_SWEEP, this.#size * 2);
  }
}

function isCountOf({ kind, name, span, windowMs }: Counted, claim: Claim): boolean {
  if (name !== claim.name || kind !== claim.kind) return false;
  return kind === 'gauge' || (windowMs === claim.windowMs && span === claim.span);
}
