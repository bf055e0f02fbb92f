import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Claim, ClaimWindow, Counted, KeptCounts } from '@sluice/contract';
import { CountKeys, keyOf } from './count-keys.js';
import { CountRows } from './count-rows.js';
import type { CountRow, CountRowId } from './count-rows.js';

/** Where a claim made now is counted. */
export interface Place extends CountRowId {
  /** `null`: never. */
  readonly endsAtMs: number | null;
  /** Of the whole window. */
  readonly used: number;
  readonly resetMs: number;
}

export type { Counted, KeptCounts };

/** Parts of a sliding window: one goes as a whole, so that no window of that length ever holds more than the limit. */
const GRAINS = 60;
const DAY_MS = 86_400_000;
const SWEEP_EVERY_MS = 60_000;
/** A whole period and a day on which the clock was corrected. What is further ahead was counted under a wrong clock. */
const MOST_AHEAD_MS = { day: 2 * DAY_MS, month: 32 * DAY_MS } as const;

/**
 * Amounts by what they are counted for and by the window, or the part of one, in which they were. What counts now is the
 * sum of the rows that have not ended. Every method runs within its caller's transaction; those who count begin with
 * {@link CountTable.begin} and end with {@link CountTable.write}.
 */
export class CountTable {
  readonly #keys = new CountKeys();
  readonly #rows: CountRows;
  readonly #list: StatementSync;
  readonly #keep: StatementSync;
  readonly #named: StatementSync;
  readonly #epoch: StatementSync;
  readonly #setEpoch: StatementSync;
  readonly #sweep: StatementSync;
  #nowMs = 0;
  #sweptAtMs = Number.NEGATIVE_INFINITY;

  constructor(database: DatabaseSync) {
    this.#rows = new CountRows(database);
    this.#list = database.prepare(
      `SELECT key AS scope, TOTAL(used) AS used, MIN(ends_at_ms) AS endsAtMs FROM counts
       WHERE substr(key, -?1) = ?2 AND (ends_at_ms IS NULL OR ends_at_ms > ?3) GROUP BY key ORDER BY used DESC`,
    );
    this.#keep = database.prepare(
      `INSERT INTO counts (key, starts_at_ms, ends_at_ms, used) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (key, starts_at_ms) DO UPDATE SET used = ?4, ends_at_ms = ?3`,
    );
    this.#named = database.prepare(
      `SELECT key, starts_at_ms AS startsAtMs, ends_at_ms AS endsAtMs, CAST(used AS REAL) AS used
       FROM counts WHERE instr(key, ?1) > 0 AND (ends_at_ms IS NULL OR ends_at_ms > ?2)`,
    );
    this.#epoch = database.prepare('SELECT epoch FROM counts_epoch');
    this.#setEpoch = database.prepare('INSERT OR REPLACE INTO counts_epoch (only_row, epoch) VALUES (1, ?)');
    this.#sweep = database.prepare('DELETE FROM counts WHERE ends_at_ms <= ? OR (ends_at_ms IS NULL AND used = 0)');
  }

  begin(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#rows.begin(nowMs);
  }

  find(claim: Claim): Place {
    const key = this.#keys.of(claim);
    return { key, ...placeOf(claim, this.#rows.of(key), this.#nowMs) };
  }

  add(place: Place, amount: number): void {
    this.#rows.add(place, place.endsAtMs, amount);
  }

  /** Of an amount that was counted there before. Nothing where that window is gone; what never ends is never gone. */
  change(place: CountRowId, difference: number): void {
    if (difference === 0) return;
    // Where nothing was left of it, its row was swept.
    if (isEndless(place.key)) this.#rows.add(place, null, difference);
    else this.#rows.change(place, difference);
  }

  /** Until a claim fits that a sliding window refused. */
  roomInMs(claim: Claim): number {
    const rows = this.#rows.of(this.#keys.of(claim));
    let over = sum(rows) + claim.amount - claim.limit;
    let roomAtMs = this.#nowMs;
    for (const { used, endsAtMs } of rows) {
      if (over <= 0) break;
      over -= used;
      roomAtMs = endsAtMs ?? this.#nowMs;
    }
    return roomAtMs - this.#nowMs;
  }

  /** What was counted, and, once in a while, that what has ended is gone. */
  write(): void {
    this.#rows.write();
    if (Math.abs(this.#nowMs - this.#sweptAtMs) < SWEEP_EVERY_MS) return;
    this.#sweptAtMs = this.#nowMs;
    this.#sweep.run(this.#nowMs);
  }

  /** What is counted now under a name in such windows, by scope. */
  list({ name, span, windowMs }: ClaimWindow, nowMs: number): readonly Counted[] {
    const suffix = `\n${name}\n${span ?? ''}${windowMs}`;
    const rows = this.#list.all(suffix.length, suffix, nowMs) as unknown as readonly Counted[];
    return rows.map((row) => ({ ...row, scope: row.scope.slice(0, -suffix.length) }));
  }

  /** Sets what was counted somewhere else, whatever stands there. */
  keep({ epoch, counts }: KeptCounts): void {
    if (epoch !== undefined) this.#setEpoch.run(epoch);
    for (const { scope, window, beginsAtMs, endsAtMs, used } of counts) {
      const key = keyOf({ ...window, scope, kind: 'window' });
      this.#keep.run(key, beginsAtMs, endsAtMs, used);
    }
  }

  /** All that is counted now under a name. */
  recall(name: string, nowMs: number): KeptCounts {
    const { epoch } = (this.#epoch.get() ?? {}) as { readonly epoch?: string };
    const rows = this.#named.all(`\n${name}\n`, nowMs) as unknown as readonly (CountRow & { readonly key: string })[];
    const counts = rows.map(({ key, startsAtMs, endsAtMs, used }) => {
      const [scope = '', , length = ''] = key.split('\n');
      return { scope, window: { name, ...windowOf(length) }, beginsAtMs: startsAtMs, endsAtMs, used };
    });
    return { epoch, counts };
  }
}

function windowOf(text: string): Pick<Claim, 'span' | 'windowMs'> {
  const [, span, length] = /^(sliding|day|month)?(.*)$/.exec(text) ?? [];
  return { windowMs: Number(length), ...(span !== undefined && { span: span as NonNullable<Claim['span']> }) };
}

function isEndless(key: string): boolean {
  return key.endsWith('\nheld') || key.endsWith('\nInfinity');
}

function sum(rows: readonly CountRow[]): number {
  return rows.reduce((total, { used }) => total + used, 0);
}

function placeOf(claim: Claim, rows: readonly CountRow[], nowMs: number): Omit<Place, 'key'> {
  const { kind, span, windowMs } = claim;
  if (kind === 'gauge') return { startsAtMs: 0, endsAtMs: null, used: sum(rows), resetMs: 0 };
  if (span === 'sliding') return slidingPlace(windowMs, rows, nowMs);
  if (span) return calendarPlace(span, rows, nowMs);
  if (windowMs === Number.POSITIVE_INFINITY)
    return { startsAtMs: 0, endsAtMs: null, used: sum(rows), resetMs: windowMs };
  return fixedPlace(windowMs, rows, nowMs);
}

function fixedPlace(windowMs: number, rows: readonly CountRow[], nowMs: number): Omit<Place, 'key'> {
  // A window that began in the future was begun under a clock that was wrong.
  const row = rows.findLast(({ startsAtMs }) => startsAtMs <= nowMs + DAY_MS);
  if (!row) return { startsAtMs: nowMs, endsAtMs: nowMs + windowMs, used: 0, resetMs: windowMs };
  const endsAtMs = row.endsAtMs ?? nowMs;
  return { startsAtMs: row.startsAtMs, endsAtMs, used: row.used, resetMs: Math.min(windowMs, endsAtMs - nowMs) };
}

function slidingPlace(windowMs: number, rows: readonly CountRow[], nowMs: number): Omit<Place, 'key'> {
  const grainMs = windowMs / GRAINS;
  const index = Math.floor(nowMs / grainMs);
  const startsAtMs = Math.floor(index * grainMs);
  const endsAtMs = Math.ceil((index + 1) * grainMs + windowMs);
  return { startsAtMs, endsAtMs, used: sum(rows), resetMs: (rows.at(-1)?.endsAtMs ?? nowMs) - nowMs };
}

/** A clock that is set back over midnight opens yesterday's count no second time. */
function calendarPlace(span: 'day' | 'month', rows: readonly CountRow[], nowMs: number): Omit<Place, 'key'> {
  const row = rows.findLast(({ endsAtMs }) => (endsAtMs ?? nowMs) - nowMs <= MOST_AHEAD_MS[span]);
  const { startsAtMs, endsAtMs } = row ? { ...row, endsAtMs: row.endsAtMs ?? nowMs } : periodAt(span, nowMs);
  return { startsAtMs, endsAtMs, used: row?.used ?? 0, resetMs: endsAtMs - nowMs };
}

function periodAt(span: 'day' | 'month', nowMs: number): { readonly startsAtMs: number; readonly endsAtMs: number } {
  if (span === 'day') {
    const startsAtMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
    return { startsAtMs, endsAtMs: startsAtMs + DAY_MS };
  }
  const date = new Date(nowMs);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return { startsAtMs: Date.UTC(year, month), endsAtMs: Date.UTC(year, month + 1) };
}
