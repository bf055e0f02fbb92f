import type { LedgerIntent } from './ports.js';

/** A wish for a part of something limited. */
export interface Claim {
  /** Whose limit: `org:ID`, `team:ID`, `user:ID`, `key:ID`, `end-user:TENANT/ID`, `model:NAME`. */
  readonly scope: string;
  /** `window` counts in a time window, `gauge` counts what is held right now. */
  readonly kind: 'window' | 'gauge';
  /** What is counted: `requests`, `tokens`, `spend`, `concurrent`. A whole number of it, whatever it is. */
  readonly name: string;
  readonly amount: number;
  readonly limit: number;
  /** Length of the window; `Infinity` for one that never ends. About its length where `span` is calendar's. Ignored for a gauge. */
  readonly windowMs: number;
  /**
   * How the windows lie in time. Absent: one begins with its first claim. `sliding`: always the last `windowMs`, with the
   * sixtieth part of it as grain. `day`, `month`: the calendar's, in UTC.
   */
  readonly span?: 'sliding' | 'day' | 'month';
}
/** How a limit stands after a claim on it. */
export interface ClaimState {
  readonly claim: Claim;
  /** Below zero never, also where more was used than was reserved. */
  readonly remaining: number;
  /**
   * Until the window starts anew; of a sliding one that was refused, until there is room again. 0 for a gauge, `Infinity`
   * where it never does.
   */
  readonly resetMs: number;
  /** Counted by this process alone, while the store that others share is out of reach. */
  readonly isLocal?: true;
}
/** Either every claim was taken, or none was. */
export type ReserveResult =
  | { readonly ok: true; readonly id: string; readonly states: readonly ClaimState[] }
  /** Nothing was taken. `states[0]` is the claim that did not fit. */
  | { readonly ok: false; readonly states: readonly ClaimState[] };

/** What a request has used in the end, by the names of its claims. */
export type Actual = Readonly<Record<string, number>>;

/**
 * Counts that several requests share. A reservation is leased: unless it is renewed in time, what it holds is free again
 * for others, so that nobody waits for a process that has died.
 */
export interface CounterStore {
  /** How long a reservation lives without being renewed. */
  readonly leaseMs: number;
  /** All or nothing over every claim, in one atomic step. A second call with the id of a reservation takes nothing more. */
  reserve(id: string, claims: readonly Claim[], signal: AbortSignal): Promise<ReserveResult>;
  /** Begins the leases of these reservations anew. One that had expired holds again what it held. */
  renew(ids: readonly string[]): Promise<void>;
  /**
   * Ends a reservation: of each window that `actual` names, the difference is given back, or taken where more was used
   * than was reserved; what a gauge held is free. Counts in the window of the reservation. Idempotent per id, and a
   * reservation that has expired is settled all the same.
   */
  settle(id: string, actual: Actual): Promise<void>;
  /** As if it had never been reserved. */
  cancel(id: string): Promise<void>;
}

/** A store of counts in which the ledger is kept as well. */
export interface RecordingCounterStore extends CounterStore {
  /**
   * As `reserve` under the id of the request's row, which is committed in the same step: there is a row where there is a
   * reservation, and none where it was refused or failed.
   */
  reserveAndOpen(row: LedgerIntent, claims: readonly Claim[], signal: AbortSignal): Promise<ReserveResult>;
}

/** A store outside of this process, which other processes share and which may be out of reach. */
export interface SharedCounterStore extends CounterStore {
  /** Whether it is worth asking. Cheap. */
  readonly isUp: boolean;
  /** How many processes share it, this one included, as far as is known. */
  readonly sharers: number;
  /**
   * Counts what is admitted without it, whatever the limits: as soon as it is there, and before anything that is reserved
   * then. From now on it is a reservation like any other. False where no more of them can be kept: it must not be admitted.
   */
  note(id: string, claims: readonly Claim[]): boolean;
  /** What was used of a claim's window, by all who share it, when the store last told. */
  lastUsed(claim: Claim): number;
  /** What this process holds there of a gauge. */
  heldOf(claim: Claim): number;
}
