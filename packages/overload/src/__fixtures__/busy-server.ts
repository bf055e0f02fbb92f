import { GradientLimit } from '../gradient-limit.js';
import type { Bounds } from '../gradient-limit.js';

/** A model server that answers so many calls at once and lets the others wait, in the order in which they came. */
export interface BusyServer {
  readonly places: number;
  /** Of a call that need not wait. */
  readonly firstTokenMs: () => number;
  /** From the first token to the last. */
  readonly streamMs: () => number;
}

export interface Load {
  readonly bounds: Bounds;
  /** Callers that ask again as soon as they are answered, or are refused a place by the limit. */
  readonly callers: number;
  readonly forMs: number;
}

/** What became of it, in its second half: the first belongs to finding out. */
export interface LoadSeen {
  readonly answeredPerSecond: number;
  readonly lowestLimit: number;
  readonly highestLimit: number;
  readonly meanWaitMs: number;
}

interface Running {
  readonly arrivedMs: number;
  readonly firstAtMs: number;
  readonly endsAtMs: number;
  isAnswered: boolean;
}

const STEP_MS = 5;

/** Runs a load against a server behind a limit, step by step on a clock of its own. */
export class LimitedServer {
  readonly limit = new GradientLimit();
  #nowMs = 0;
  readonly #running: Running[] = [];
  readonly #queue: number[] = [];

  run(server: BusyServer, { bounds, callers, forMs }: Load): LoadSeen {
    const endMs = this.#nowMs + forMs;
    const seen = { answered: 0, lowest: Infinity, highest: 0, waits: 0, waitedMs: 0 };
    for (; this.#nowMs < endMs; this.#nowMs += STEP_MS) {
      const counts = this.#nowMs >= endMs - forMs / 2;
      for (const one of this.#running) if (!one.isAnswered && one.firstAtMs <= this.#nowMs) this.#answer(one, bounds, counts ? seen : undefined);
      this.#end(counts ? seen : undefined);
      while (this.#inFlight < Math.min(callers, this.limit.current(bounds))) this.#queue.push(this.#nowMs);
      this.#serve(server);
      if (!counts) continue;
      seen.lowest = Math.min(seen.lowest, this.limit.current(bounds));
      seen.highest = Math.max(seen.highest, this.limit.current(bounds));
    }
    return {
      answeredPerSecond: (seen.answered * 2_000) / forMs,
      lowestLimit: seen.lowest,
      highestLimit: seen.highest,
      meanWaitMs: seen.waitedMs / seen.waits,
    };
  }

  get #inFlight(): number {
    return this.#running.length + this.#queue.length;
  }

  #answer(one: Running, bounds: Bounds, seen: { waits: number; waitedMs: number } | undefined): void {
    one.isAnswered = true;
    const waitedMs = one.firstAtMs - one.arrivedMs;
    if (seen) seen.waits += 1;
    if (seen) seen.waitedMs += waitedMs;
    this.limit.observe({ waitedMs, inFlight: this.#inFlight, nowMs: this.#nowMs }, bounds);
  }

  #end(seen: { answered: number } | undefined): void {
    for (let i = this.#running.length - 1; i >= 0; i -= 1) {
      if ((this.#running[i] as Running).endsAtMs > this.#nowMs) continue;
      this.#running.splice(i, 1);
      if (seen) seen.answered += 1;
    }
  }

  #serve({ places, firstTokenMs, streamMs }: BusyServer): void {
    while (this.#running.length < places && this.#queue.length > 0) {
      const arrivedMs = this.#queue.shift() as number;
      const firstAtMs = this.#nowMs + firstTokenMs();
      this.#running.push({ arrivedMs, firstAtMs, endsAtMs: firstAtMs + streamMs(), isAnswered: false });
    }
  }
}
