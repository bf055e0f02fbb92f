import type { Clock, Slot, SlotRequest, SlotsView } from '@sluice/contract';
import type { Entrant } from './entrant.js';
import { FairLine } from './fair-line.js';
import { HoldTimes } from './hold-times.js';
import type { GateRules } from './settings.js';
import { TargetLimits } from './target-limits.js';
import { Waiter } from './waiter.js';

/** What became of those who had to wait, since the gate was made. */
export interface GateCounts {
  /** Waits that ended, however they did. */
  readonly waits: number;
  readonly waitedMs: number;
  /** Refused for want of a place, at once or after a wait. */
  readonly refused: number;
}

/**
 * The gate in front of one provider. Its places are bounded, and those who find none wait in a fair line that is bounded too:
 * by length, and by time. Who would not get a place in time, by how long calls have held theirs, is refused at once, unless
 * nobody would go before.
 */
export class Gate {
  readonly #clock: Clock;
  readonly #line = new FairLine<Waiter>();
  readonly #limits = new TargetLimits();
  readonly #holds = new HoldTimes();
  readonly #mayGo = ({ entrant }: Waiter): boolean => this.#hasRoom(entrant);
  #inFlight = 0;
  #waits = 0;
  #waitedMs = 0;
  #refused = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get waiting(): number {
    return this.#line.size;
  }

  get counts(): GateCounts {
    return { waits: this.#waits, waitedMs: this.#waitedMs, refused: this.#refused };
  }

  /** The limits of targets that have one of their own. */
  get limits(): TargetLimits {
    return this.#limits;
  }

  enter(entrant: Entrant): Slot | undefined {
    return this.#hasRoom(entrant) ? this.#take(entrant) : undefined;
  }

  /** See {@link SlotRequest}; nothing where there is no place in time. */
  wait(entrant: Entrant, asking: SlotRequest, signal: AbortSignal): Promise<Slot | undefined> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    const { rules } = entrant;
    const maxWaitMs = Math.min(rules.maxWaitMs - asking.waitedMs, asking.leftMs);
    if (maxWaitMs <= 0 || rules.maxWaiting <= 0 || !this.#isInTime(entrant, asking, maxWaitMs)) return this.#refuse();
    if (this.#line.size >= rules.maxWaiting) {
      const giving = this.#line.givesWayTo(asking);
      if (!giving) return this.#refuse();
      giving.giveUp();
    }
    return this.#stand(entrant, asking, { maxWaitMs, signal });
  }

  view({ target, rules }: Omit<Entrant, 'caller'>): SlotsView {
    const inFlight = rules.minConcurrent === undefined ? this.#inFlight : this.#limits.inFlight(target);
    // What the other models leave of the provider's places.
    const left = Math.max(0, rules.maxConcurrent - this.#inFlight);
    const limit = Math.min(this.#limitOf(target, rules), inFlight + left);
    const isFree = this.#hasRoom({ target, rules });
    const retryAfterMs = isFree ? 0 : this.#expectedMs({ target, rules }, this.#line.size);
    return { inFlight, limit, waiting: this.#line.size, retryAfterMs };
  }

  #hasRoom({ target, rules }: Omit<Entrant, 'caller'>): boolean {
    if (this.#inFlight >= rules.maxConcurrent) return false;
    return rules.minConcurrent === undefined || this.#limits.inFlight(target) < this.#limitOf(target, rules);
  }

  #limitOf(target: string, { minConcurrent: min, maxConcurrent: max }: GateRules): number {
    return min === undefined ? max : this.#limits.limit(target, { min, max });
  }

  #isInTime(entrant: Entrant, asking: SlotRequest, maxWaitMs: number): boolean {
    const ahead = this.#line.ahead(asking);
    return ahead === 0 || this.#expectedMs(entrant, ahead) <= maxWaitMs;
  }

  /** How long until so many have got a place, and one more. */
  #expectedMs({ target, rules }: Omit<Entrant, 'caller'>, ahead: number): number {
    const limit = this.#limitOf(target, rules);
    return limit === 0 ? 0 : ((ahead + 1) * this.#holds.typicalMs) / limit;
  }

  #refuse(): Promise<undefined> {
    this.#refused += 1;
    return Promise.resolve(undefined);
  }

  #stand(
    entrant: Entrant,
    { priority }: SlotRequest,
    { maxWaitMs, signal }: { readonly maxWaitMs: number; readonly signal: AbortSignal },
  ): Promise<Slot | undefined> {
    const beganMs = this.#clock.monotonic();
    return new Promise((resolve, reject) => {
      const waiter = new Waiter(entrant, priority, {
        signal,
        cancelTimer: this.#clock.after(maxWaitMs, () => waiter.giveUp()),
        settle: (slot, left) => {
          this.#line.leave(waiter);
          this.#waits += 1;
          this.#waitedMs += this.#clock.monotonic() - beganMs;
          if (left) return reject(signal.reason as Error);
          if (!slot) this.#refused += 1;
          resolve(slot);
        },
      });
      this.#line.join(waiter);
      this.#admitNext();
    });
  }

  #take(entrant: Entrant): Slot {
    const { target, caller, rules } = entrant;
    this.#inFlight += 1;
    this.#line.entered(caller);
    if (rules.minConcurrent !== undefined) this.#limits.entered(target);
    return new HeldSlot(this, entrant, this.#clock.monotonic());
  }

  /** For slots only. */
  noteFirstToken({ target, rules: { minConcurrent: min, maxConcurrent: max } }: Entrant, waitedMs: number): void {
    if (min === undefined) return;
    this.#limits.observe(target, { waitedMs, nowMs: this.#clock.monotonic() }, { min, max });
    this.#admitNext();
  }

  /** For slots only. */
  noteOverload({ target, rules: { minConcurrent: min, maxConcurrent: max } }: Entrant): void {
    if (min !== undefined) this.#limits.refused(target, this.#clock.monotonic(), { min, max });
  }

  /** For slots only, once each. */
  leave({ target, caller, rules }: Entrant, enteredAtMs: number): void {
    this.#inFlight -= 1;
    this.#line.left(caller);
    if (rules.minConcurrent !== undefined) this.#limits.left(target);
    this.#holds.observe(this.#clock.monotonic() - enteredAtMs);
    this.#admitNext();
  }

  #admitNext(): void {
    while (this.#line.size > 0) {
      const waiter = this.#line.next(this.#mayGo);
      if (!waiter) return;
      waiter.admit(this.#take(waiter.entrant));
    }
  }
}

class HeldSlot implements Slot {
  readonly #entrant: Entrant;
  readonly #enteredAtMs: number;
  #gate: Gate | undefined;

  constructor(gate: Gate, entrant: Entrant, enteredAtMs: number) {
    this.#gate = gate;
    this.#entrant = entrant;
    this.#enteredAtMs = enteredAtMs;
  }

  noteFirstToken(waitedMs: number): void {
    this.#gate?.noteFirstToken(this.#entrant, waitedMs);
  }

  noteOverload(): void {
    this.#gate?.noteOverload(this.#entrant);
  }

  release(): void {
    const gate = this.#gate;
    this.#gate = undefined;
    gate?.leave(this.#entrant, this.#enteredAtMs);
  }
}
