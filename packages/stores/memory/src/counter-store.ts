import type { Actual, Claim, ClaimState, Clock, CounterStore, ReserveResult } from '@sluice/contract';
import { CountMap } from './count-map.js';
import type { Cell, Count, Moment } from './counts.js';

export interface MemoryCounterStoreOptions {
  readonly clock: Clock;
  /** How long a reservation lives without being renewed. Default 30 s. */
  readonly leaseMs?: number;
}

/**
 * Counts in the memory of this process: exact among the requests of one process, gone with it. Fixed and sliding windows
 * run on monotonic time, those of the calendar by the wall clock. Rejects only with the reason of an aborted signal.
 */
export function createMemoryCounterStore(options: MemoryCounterStoreOptions): CounterStore {
  return new MemoryCounterStore(options);
}

interface Held {
  readonly claim: Claim;
  readonly cell: Cell;
}
interface Reservation {
  readonly held: readonly Held[];
  expiresAtMs: number;
}

const DEFAULT_LEASE_MS = 30_000;
/** Of the reservations that have expired so many are remembered, for those who settle them late. */
const MAX_EXPIRED = 10_000;

class MemoryCounterStore implements CounterStore {
  readonly leaseMs: number;
  readonly #clock: Clock;
  readonly #counts = new CountMap();
  /** In the order in which they expire: every lease is equally long. */
  readonly #live = new Map<string, Reservation>();
  readonly #expired = new Map<string, Reservation>();

  constructor({ clock, leaseMs = DEFAULT_LEASE_MS }: MemoryCounterStoreOptions) {
    this.#clock = clock;
    this.leaseMs = leaseMs;
  }

  async reserve(id: string, claims: readonly Claim[], signal: AbortSignal): Promise<ReserveResult> {
    signal.throwIfAborted();
    // No await from here on: that is what makes it one atomic step.
    const at = this.#now();
    this.#expire(at.monotonicMs);
    this.#counts.tidy(at);
    const counts = claims.map((claim) => this.#counts.of(claim));
    if (this.#live.has(id)) return { ok: true, id, states: statesOf(claims, counts, at) };
    for (const [index, { amount, limit }] of claims.entries()) {
      if ((counts[index] as Count).used(at) + amount > limit) return refused(claims, { counts, index, at });
    }
    const held = claims.map((claim, index) => ({ claim, cell: (counts[index] as Count).cell(at) }));
    for (const { claim, cell } of held) cell.used += claim.amount;
    this.#live.set(id, { held, expiresAtMs: at.monotonicMs + this.leaseMs });
    return { ok: true, id, states: statesOf(claims, counts, at) };
  }

  async renew(ids: readonly string[]): Promise<void> {
    const expiresAtMs = this.#clock.monotonic() + this.leaseMs;
    for (const id of ids) {
      const expired = this.#expired.get(id);
      const reservation = this.#live.get(id) ?? expired;
      if (!reservation) continue;
      if (expired) for (const { claim, cell } of expired.held) cell.used += claim.amount;
      this.#expired.delete(id);
      this.#live.delete(id);
      reservation.expiresAtMs = expiresAtMs;
      this.#live.set(id, reservation);
    }
  }

  async settle(id: string, actual: Actual): Promise<void> {
    const live = this.#live.get(id);
    for (const { claim, cell } of (live ?? this.#expired.get(id))?.held ?? []) {
      const kept = claim.kind === 'gauge' ? 0 : (actual[claim.name] ?? claim.amount);
      cell.used += live ? kept - claim.amount : kept;
    }
    this.#live.delete(id);
    this.#expired.delete(id);
  }

  async cancel(id: string): Promise<void> {
    for (const { claim, cell } of this.#live.get(id)?.held ?? []) cell.used -= claim.amount;
    this.#live.delete(id);
    this.#expired.delete(id);
  }

  #now(): Moment {
    return { monotonicMs: this.#clock.monotonic(), wallMs: this.#clock.now() };
  }

  #expire(nowMs: number): void {
    for (const [id, reservation] of this.#live) {
      if (reservation.expiresAtMs > nowMs) return;
      for (const { claim, cell } of reservation.held) cell.used -= claim.amount;
      this.#live.delete(id);
      this.#expired.set(id, reservation);
      if (this.#expired.size > MAX_EXPIRED) this.#expired.delete(this.#expired.keys().next().value as string);
    }
  }
}

function stateOf(claim: Claim, count: Count, at: Moment): ClaimState {
  return {
    claim,
    remaining: Math.max(0, claim.limit - count.used(at)),
    resetMs: count.resetMs(claim, 0, at),
  };
}

function statesOf(claims: readonly Claim[], counts: readonly Count[], at: Moment): readonly ClaimState[] {
  return claims.map((claim, index) => stateOf(claim, counts[index] as Count, at));
}

interface Refused {
  readonly counts: readonly Count[];
  /** Of the claim that did not fit. */
  readonly index: number;
  readonly at: Moment;
}

function refused(claims: readonly Claim[], { counts, index, at }: Refused): ReserveResult {
  const states = claims.map((claim, each) => {
    const state = stateOf(claim, counts[each] as Count, at);
    const wanted = state.remaining < claim.amount ? claim.amount : 0;
    return wanted === 0 ? state : { ...state, resetMs: (counts[each] as Count).resetMs(claim, wanted, at) };
  });
  const [first] = states.splice(index, 1);
  return { ok: false, states: [first as ClaimState, ...states] };
}
