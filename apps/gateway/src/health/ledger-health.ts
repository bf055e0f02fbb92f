import type { ObservedLedger } from '@sluice/ledger';
import type { SendingHealth } from '../compose/shared-ledger.js';

/** How the rows of requests fare. Degraded where they cannot be written, or sent on. */
export interface LedgerHealth {
  readonly state: 'up' | 'degraded';
  /** Settlements in memory that the disk has not taken. */
  readonly unwritten: number;
  /** What is wrong with where they are written; absent where nothing is. */
  readonly fault?: string;
  /** Absent where rows go nowhere. */
  readonly postgres?: {
    readonly state: 'up' | 'degraded';
    /** Rows that it does not have yet. */
    readonly backlog: number;
    /** Of the oldest of them, in milliseconds. */
    readonly oldestAgeMs: number;
    /** Rows that it refuses. */
    readonly refused: number;
  };
}

export function reportLedger(
  ledger: Pick<ObservedLedger, 'isFailing' | 'unwritten'>,
  sending: SendingHealth | undefined,
  fault: string | undefined,
): LedgerHealth {
  const isSent = !sending?.isFailing && !sending?.refused;
  const state = ledger.isFailing || !isSent || fault !== undefined ? 'degraded' : 'up';
  const own = { state, unwritten: ledger.unwritten, ...(fault !== undefined && { fault }) } as const;
  if (!sending) return own;
  const { rows: backlog, oldestAgeMs, refused } = sending;
  return {
    ...own,
    postgres: { state: isSent ? 'up' : 'degraded', backlog, oldestAgeMs, refused },
  };
}
