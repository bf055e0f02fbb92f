import type { Claim, ClaimState, Clock, CounterStore, ReserveResult } from '@sluice/contract';
import { WindowTable } from './windows.js';

/**
 * Counts in the memory of this process: exact among the requests of one process, gone with it. Windows start with
 * their first claim and run on monotonic time. Rejects only with the reason of an aborted signal.
 */
export function createMemoryCounterStore({ clock }: { readonly clock: Clock }): CounterStore {
  return new MemoryCounterStore(clock);
}

const keyOf = ({ scope, name }: Claim): string => `${scope}\n${name}`;

class MemoryCounterStore implements CounterStore {
  readonly #clock: Clock;
  readonly #windows = new WindowTable();
  readonly #gauges = new Map<string, number>();
  /** Claims of gauges by reservation; a reservation that holds none needs no release. */
  readonly #held = new Map<string, readonly Claim[]>();
  #lastId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async reserve(claims: readonly Claim[], signal: AbortSignal): Promise<ReserveResult> {
    signal.throwIfAborted();
    // No await from here on: that is what makes it one atomic step.
    const nowMs = this.#clock.monotonic();
    const refused = claims.find((claim) => this.#used(claim, nowMs) + claim.amount > claim.limit);
    if (refused !== undefined) {
      const others = claims.filter((claim) => claim !== refused);
      return { ok: false, states: [refused, ...others].map((claim) => this.#stateOf(claim, nowMs)) };
    }
    for (const claim of claims) this.#take(claim, nowMs);
    return { ok: true, id: this.#hold(claims), states: claims.map((claim) => this.#stateOf(claim, nowMs)) };
  }

  async release(id: string): Promise<void> {
    const claims = this.#held.get(id) ?? [];
    this.#held.delete(id);
    for (const claim of claims) this.#giveBack(claim);
  }

  #used(claim: Claim, nowMs: number): number {
    const key = keyOf(claim);
    return claim.kind === 'gauge' ? (this.#gauges.get(key) ?? 0) : this.#windows.used(key, nowMs);
  }

  #take(claim: Claim, nowMs: number): void {
    const key = keyOf(claim);
    if (claim.kind === 'window') this.#windows.take(key, claim, nowMs);
    else this.#gauges.set(key, (this.#gauges.get(key) ?? 0) + claim.amount);
  }

  #giveBack(claim: Claim): void {
    const key = keyOf(claim);
    const left = (this.#gauges.get(key) ?? 0) - claim.amount;
    if (left > 0) this.#gauges.set(key, left);
    else this.#gauges.delete(key);
  }

  #hold(claims: readonly Claim[]): string {
    const id = String((this.#lastId += 1));
    const gauges = claims.filter(({ kind }) => kind === 'gauge');
    if (gauges.length > 0) this.#held.set(id, gauges);
    return id;
  }

  #stateOf(claim: Claim, nowMs: number): ClaimState {
    const remaining = Math.max(0, claim.limit - this.#used(claim, nowMs));
    if (claim.kind === 'gauge') return { claim, remaining, resetMs: 0 };
    return { claim, remaining, resetMs: this.#windows.resetMs(keyOf(claim), claim.windowMs, nowMs) };
  }
}
