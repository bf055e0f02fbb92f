import type { Actual, Claim, ClaimState, Clock, CounterStore, ReserveResult } from '@sluice/contract';
import { FleetingMap } from '@sluice/toolkit';
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

interface Reservation {
  readonly claims: readonly Claim[];
  /** Where each of them is counted. */
  readonly cells: readonly Cell[];
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
  readonly #live = new FleetingMap<string, Reservation>();
  readonly #expired = new Map<string, Reservation>();
  /** Before that, none does. */
  #noneExpiresUntilMs = Number.NEGATIVE_INFINITY;

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
    if (!this.#live.has(id)) {
      const index = claims.findIndex(({ amount, limit }, each) => (counts[each] as Count).used(at) + amount > limit);
      if (index >= 0) return refused(claims, { counts, index, at });
      const cells = counts.map((count) => count.cell(at));
      const reservation = { claims, cells, expiresAtMs: at.monotonicMs + this.leaseMs };
      take(reservation);
      this.#live.set(id, reservation);
    }
    return { ok: true, id, states: statesOf(claims, counts, at) };
  }

  async renew(ids: readonly string[]): Promise<void> {
    const expiresAtMs = this.#clock.monotonic() + this.leaseMs;
    for (const id of ids) {
      const expired = this.#expired.get(id);
      const reservation = this.#live.get(id) ?? expired;
      if (!reservation) continue;
      if (expired) take(expired);
      this.#expired.delete(id);
      this.#live.delete(id);
      reservation.expiresAtMs = expiresAtMs;
      this.#live.set(id, reservation);
    }
  }

  async settle(id: string, actual: Actual): Promise<void> {
    const live = this.#live.get(id);
    const reservation = live ?? this.#expired.get(id);
    if (!reservation) return;
    reservation.claims.forEach(({ kind, name, amount }, index) => {
      const kept = kind === 'gauge' ? 0 : (actual[name] ?? amount);
      (reservation.cells[index] as Cell).used += live ? kept - amount : kept;
    });
    if (live) this.#live.delete(id);
    else this.#expired.delete(id);
  }

  async cancel(id: string): Promise<void> {
    const live = this.#live.get(id);
    if (!live) return void this.#expired.delete(id);
    giveBack(live);
    this.#live.delete(id);
  }

  #now(): Moment {
    return { monotonicMs: this.#clock.monotonic(), wallMs: this.#clock.now() };
  }

  #expire(nowMs: number): void {
    // Those that were settled have left holes in the map, over which every look at its first entry has to go.
    if (nowMs < this.#noneExpiresUntilMs) return;
    this.#noneExpiresUntilMs = nowMs + this.leaseMs;
    for (const [id, reservation] of this.#live) {
      if (reservation.expiresAtMs > nowMs) {
        this.#noneExpiresUntilMs = reservation.expiresAtMs;
        return;
      }
      giveBack(reservation);
      this.#live.delete(id);
      this.#expired.set(id, reservation);
      if (this.#expired.size > MAX_EXPIRED) this.#expired.delete(this.#expired.keys().next().value as string);
    }
  }
}

function take({ claims, cells }: Reservation): void {
  claims.forEach(({ amount }, index) => ((cells[index] as Cell).used += amount));
}

function giveBack({ claims, cells }: Reservation): void {
  claims.forEach(({ amount }, index) => ((cells[index] as Cell).used -= amount));
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
