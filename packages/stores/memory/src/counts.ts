import type { Claim } from '@sluice/contract';

/** Where an amount was counted; the amount can be changed there afterwards. */
export interface Cell {
  used: number;
}

/** Both clocks at one moment: lengths are measured on the one, days and months are read off the other. */
export interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/** What is counted for one limit. */
export interface Count {
  used(at: Moment): number;
  /** The cell in which a claim made now is counted. */
  cell(at: Moment): Cell;
  /** As a claim's state has it; `wanted` is what found no room, 0 where it did. */
  resetMs(claim: Claim, wanted: number, at: Moment): number;
  /** Nothing of it matters any more. */
  isOver(at: Moment): boolean;
}

export function createCount({ kind, span, windowMs }: Claim): Count {
  if (kind === 'gauge') return new Gauge();
  if (span === 'sliding') return new SlidingCount(windowMs);
  return span === undefined ? new FixedCount(windowMs) : new CalendarCount(span);
}

class Gauge implements Count {
  readonly #cell: Cell = { used: 0 };

  used(): number {
    return this.#cell.used;
  }

  cell(): Cell {
    return this.#cell;
  }

  resetMs(): number {
    return 0;
  }

  isOver(): boolean {
    return this.#cell.used <= 0;
  }
}

/** A window begins with its first use and ends `windowMs` later. */
class FixedCount implements Count {
  readonly #windowMs: number;
  #cell: Cell = { used: 0 };
  #endsAtMs = Number.NEGATIVE_INFINITY;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  used({ monotonicMs }: Moment): number {
    return monotonicMs < this.#endsAtMs ? this.#cell.used : 0;
  }

  cell({ monotonicMs }: Moment): Cell {
    if (monotonicMs >= this.#endsAtMs) {
      this.#cell = { used: 0 };
      this.#endsAtMs = monotonicMs + this.#windowMs;
    }
    return this.#cell;
  }

  resetMs(_: Claim, __: number, { monotonicMs }: Moment): number {
    return monotonicMs < this.#endsAtMs ? this.#endsAtMs - monotonicMs : this.#windowMs;
  }

  isOver({ monotonicMs }: Moment): boolean {
    return monotonicMs >= this.#endsAtMs;
  }
}

/** Parts of a sliding window: one goes as a whole, so that no window of that length ever holds more than the limit. */
const GRAINS = 60;

interface Grain extends Cell {
  readonly index: number;
}

class SlidingCount implements Count {
  readonly #grainMs: number;
  /** The oldest first. */
  #grains: Grain[] = [];

  constructor(windowMs: number) {
    this.#grainMs = windowMs / GRAINS;
  }

  used(at: Moment): number {
    this.#drop(at);
    let used = 0;
    for (const grain of this.#grains) used += grain.used;
    return used;
  }

  cell(at: Moment): Cell {
    const index = Math.floor(at.monotonicMs / this.#grainMs);
    const last = this.#grains.at(-1);
    if (last?.index === index) return last;
    const grain = { index, used: 0 };
    this.#grains.push(grain);
    return grain;
  }

  resetMs({ limit }: Claim, wanted: number, at: Moment): number {
    let over = wanted === 0 ? Number.POSITIVE_INFINITY : this.used(at) + wanted - limit;
    let last: Grain | undefined;
    for (const grain of this.#grains) {
      if (over <= 0) break;
      over -= grain.used;
      last = grain;
    }
    return last ? (last.index + GRAINS + 1) * this.#grainMs - at.monotonicMs : 0;
  }

  isOver(at: Moment): boolean {
    this.#drop(at);
    return this.#grains.length === 0;
  }

  #drop({ monotonicMs }: Moment): void {
    const oldest = Math.floor(monotonicMs / this.#grainMs) - GRAINS;
    let gone = 0;
    while (gone < this.#grains.length && (this.#grains[gone] as Grain).index < oldest) gone += 1;
    if (gone > 0) this.#grains = this.#grains.slice(gone);
  }
}

/** The period of a moment, and when the next one begins. */
function periodOf(span: 'day' | 'month', wallMs: number): { readonly index: number; readonly endsAtMs: number } {
  if (span === 'day') {
    const index = Math.floor(wallMs / DAY_MS);
    return { index, endsAtMs: (index + 1) * DAY_MS };
  }
  const date = new Date(wallMs);
  const index = date.getUTCFullYear() * MONTHS + date.getUTCMonth();
  return { index, endsAtMs: Date.UTC(Math.floor(index / MONTHS), (index % MONTHS) + 1) };
}

const DAY_MS = 86_400_000;
const MONTHS = 12;

class CalendarCount implements Count {
  readonly #span: 'day' | 'month';
  #cell: Cell = { used: 0 };
  #index = Number.NaN;
  #endsAtMs = 0;

  constructor(span: 'day' | 'month') {
    this.#span = span;
  }

  used(at: Moment): number {
    this.#turn(at);
    return this.#cell.used;
  }

  cell(at: Moment): Cell {
    this.#turn(at);
    return this.#cell;
  }

  resetMs(_: Claim, __: number, at: Moment): number {
    this.#turn(at);
    return Math.max(0, this.#endsAtMs - at.wallMs);
  }

  isOver({ wallMs }: Moment): boolean {
    return wallMs >= this.#endsAtMs;
  }

  /** A clock that is set back over midnight opens yesterday's count no second time. */
  #turn({ wallMs }: Moment): void {
    if (wallMs < this.#endsAtMs && this.#endsAtMs - wallMs <= MOST_AHEAD_MS[this.#span]) return;
    const { index, endsAtMs } = periodOf(this.#span, wallMs);
    if (index === this.#index) return;
    this.#index = index;
    this.#endsAtMs = endsAtMs;
    this.#cell = { used: 0 };
  }
}

/** A whole period and a day on which the clock was corrected. What is further ahead was counted under a wrong clock. */
const MOST_AHEAD_MS = { day: 2 * DAY_MS, month: 32 * DAY_MS } as const;
