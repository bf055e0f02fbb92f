import type { Claim } from './counter-store.js';

/** Which windows of a scope are meant, whatever was claimed in them. */
export type ClaimWindow = Pick<Claim, 'name' | 'span' | 'windowMs'>;

/** What one scope has used. */
export interface Counted {
  readonly scope: string;
  readonly used: number;
  /** `null`: never. */
  readonly endsAtMs: number | null;
}

/** A count in its window, for somebody who keeps it where it outlives whoever counts. */
export interface KeptCount extends Counted {
  readonly window: ClaimWindow;
  readonly beginsAtMs: number;
}

/** Counts, and the epoch of the one who counts that knew all of them; absent where they are of before any. */
export interface KeptCounts {
  readonly epoch?: string | undefined;
  readonly counts: readonly KeptCount[];
}
