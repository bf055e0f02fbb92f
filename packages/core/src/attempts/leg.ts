import type { Adjustment, GatewayError, Permit, Slot } from '@sluice/contract';
import type { Opened } from '../attempt.js';
import type { Candidate } from '../routing/plan.js';
import type { Account } from './key-ring.js';

/** One try. */
export interface Leg {
  readonly candidate: Candidate;
  readonly account: Account;
  readonly permit: Permit;
  readonly slot: Slot;
  /** When it began, in milliseconds since the request did. */
  readonly beganMs: number;
  failure: GatewayError | undefined;
  /** Set where another try may run beside it. */
  racing?: Racing;
}

/** What a try needs that may run beside another one. */
export interface Racing {
  /** The later one of the two. */
  readonly isSecond: boolean;
  readonly controller: AbortController;
  state: 'running' | 'answered' | 'failed' | 'abandoned';
  /** What was changed in the call for its target. */
  adjustments: readonly Adjustment[];
  rival?: Leg;
}

/** A try that brought an answer. Whoever gets it settles the permit and releases the slot. */
export interface Attempted {
  readonly candidate: Candidate;
  readonly opened: Opened;
  readonly permit: Permit;
  readonly slot: Slot;
}

/** What a try has brought; the target's places hear how long its first token took. */
export function toAttempted({ candidate, permit, slot, beganMs }: Leg, opened: Opened): Attempted {
  if (opened.kind === 'stream') slot.noteFirstToken(opened.firstTokenMs - beganMs);
  return { candidate, opened, permit, slot };
}
