import type { Priority } from '@sluice/contract';

/** Who stands in line. */
export interface Waiting {
  readonly caller: string;
  readonly priority: Priority;
}

/** One caller's part of the line, and of the places. */
interface CallerLine<W> {
  /** In the order in which they are to go. */
  readonly waiting: W[];
  inFlight: number;
  /** When it last got a place, counted in places. */
  servedAt: number;
}

/** A fifth more is within what fair means; for less, who has waited is not sent away. */
const TOO_MUCH = 1.2;
const RANK: Readonly<Record<Priority, number>> = { high: 0, normal: 1, low: 2 };

/**
 * A line of several callers before places that they share. The next place is for the caller that has the fewest, of
 * equals for the one that has waited for its turn longest: whoever wants its fair share of the places gets it, however
 * much the others want. Priorities order a caller's own requests and say nothing against others. Pure: no clock, no chance.
 */
export class FairLine<W extends Waiting> {
  readonly #callers = new Map<string, CallerLine<W>>();
  #size = 0;
  #served = 0;

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  /** A caller got a place, from the line or without it. */
  entered(caller: string): void {
    const own = this.#of(caller);
    own.inFlight += 1;
    own.servedAt = this.#served += 1;
  }

  /** And gave it back. */
  left(caller: string): void {
    const own = this.#of(caller);
    own.inFlight -= 1;
    this.#tidy(caller, own);
  }

  /** Stands behind the caller's own requests of the same and of higher priority. */
  join(one: W): void {
    const { waiting } = this.#of(one.caller);
    waiting.splice(placeOf(one.priority, waiting), 0, one);
    this.#size += 1;
  }

  /** Gives up. False for who is not in line any more. */
  leave(one: W): boolean {
    const own = this.#callers.get(one.caller);
    const index = own ? own.waiting.indexOf(one) : -1;
    if (!own || index < 0) return false;
    own.waiting.splice(index, 1);
    this.#size -= 1;
    this.#tidy(one.caller, own);
    return true;
  }

  /** Takes out of the line who is next among those who may go. */
  next(mayGo: (one: W) => boolean): W | undefined {
    let best: CallerLine<W> | undefined;
    let chosen: W | undefined;
    for (const own of this.#callers.values()) {
      if (own.waiting.length === 0 || (best && !goesBefore(own, best))) continue;
      const first = own.waiting.find(mayGo);
      if (first) [best, chosen] = [own, first];
    }
    if (chosen) this.leave(chosen);
    return chosen;
  }

  /** How many places others, and the caller's own requests, get before one that joins now would. An estimate. */
  ahead({ caller, priority }: Waiting): number {
    const own = this.#callers.get(caller);
    const before = own ? placeOf(priority, own.waiting) : 0;
    const level = (own?.inFlight ?? 0) + before + 1;
    let ahead = before;
    for (const other of this.#callers.values()) {
      if (other !== own) ahead += Math.min(other.waiting.length, Math.max(0, level - other.inFlight));
    }
    return ahead;
  }

  /**
   * Who has to give way to one that wants to join a line that is full: the last of the caller that asks for most, if that
   * is clearly more than the newcomer's caller would ask for with it; else a request of its own that is less urgent.
   */
  givesWayTo({ caller, priority }: Waiting): W | undefined {
    const own = this.#callers.get(caller);
    let most: CallerLine<W> | undefined;
    for (const other of this.#callers.values()) {
      if (other.waiting.length > 0 && (!most || demandOf(other) > demandOf(most))) most = other;
    }
    const demand = own ? demandOf(own) : 0;
    if (most && most !== own && demandOf(most) > TOO_MUCH * (demand + 1)) return most.waiting.at(-1);
    const last = own?.waiting.at(-1);
    return last && RANK[last.priority] > RANK[priority] ? last : undefined;
  }

  #of(caller: string): CallerLine<W> {
    let own = this.#callers.get(caller);
    if (!own) this.#callers.set(caller, (own = { waiting: [], inFlight: 0, servedAt: 0 }));
    return own;
  }

  #tidy(caller: string, { waiting, inFlight }: CallerLine<W>): void {
    if (waiting.length === 0 && inFlight === 0) this.#callers.delete(caller);
  }
}

/** Behind the last that is as urgent. */
function placeOf(priority: Priority, waiting: readonly Waiting[]): number {
  return waiting.findLastIndex((one) => RANK[one.priority] <= RANK[priority]) + 1;
}

function goesBefore(a: CallerLine<unknown>, b: CallerLine<unknown>): boolean {
  return a.inFlight === b.inFlight ? a.servedAt < b.servedAt : a.inFlight < b.inFlight;
}

function demandOf({ waiting, inFlight }: CallerLine<unknown>): number {
  return waiting.length + inFlight;
}
