import type { Claim } from '@sluice/contract';
import { createCount } from './counts.js';
import type { Count, Moment } from './counts.js';

const SMALLEST_SWEEP = 1_024;

/** Counts by what they are for. What has ended is dropped whenever there are twice as many as after the last time. */
export class CountMap {
  readonly #counts = new Map<string, Count>();
  #sweepAtSize = SMALLEST_SWEEP;

  /** Counts in memory, live or not yet swept. */
  get size(): number {
    return this.#counts.size;
  }

  of(claim: Claim): Count {
    const key = `${claim.scope}\n${claim.name}\n${claim.kind === 'gauge' ? '' : (claim.span ?? '')}${claim.windowMs}`;
    let count = this.#counts.get(key);
    if (count) return count;
    this.#counts.set(key, (count = createCount(claim)));
    return count;
  }

  /** Not between looking a count up and counting in it: one that is new has nothing to show yet. */
  tidy(at: Moment): void {
    if (this.#counts.size < this.#sweepAtSize) return;
    for (const [key, count] of this.#counts) if (count.isOver(at)) this.#counts.delete(key);
    this.#sweepAtSize = Math.max(SMALLEST_SWEEP, this.#counts.size * 2);
  }
}
