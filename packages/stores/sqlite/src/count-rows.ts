import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** What was used in a window, or in a part of one. */
export interface CountRow {
  readonly startsAtMs: number;
  /** `null`: never. */
  readonly endsAtMs: number | null;
  readonly used: number;
}
/** Of a row. */
export interface CountRowId {
  readonly key: string;
  readonly startsAtMs: number;
}

interface Row {
  readonly startsAtMs: number;
  readonly endsAtMs: number | null;
  used: number;
  /** Of that, what the database has not been told. */
  untold: number;
  /** Whether the database has no such row yet: one may begin with nothing. */
  readonly isNew: 0 | 1;
}

/**
 * The rows of counts as one transaction sees them: each is read once and written once, however many requests of the
 * transaction touch it.
 */
export class CountRows {
  readonly #select: StatementSync;
  readonly #add: StatementSync;
  readonly #change: StatementSync;
  /** The rows of each key that count, the first one first. */
  readonly #known = new Map<string, Row[]>();
  #nowMs = 0;

  constructor(database: DatabaseSync) {
    // As what is never too large to be read: one broken count must not be in the way of all others.
    this.#select = database.prepare(
      `SELECT starts_at_ms AS startsAtMs, ends_at_ms AS endsAtMs, CAST(used AS REAL) AS used, 0 AS untold, 0 AS isNew FROM counts
       WHERE key = ? AND (ends_at_ms IS NULL OR ends_at_ms > ?) ORDER BY starts_at_ms`,
    );
    this.#add = database.prepare(
      `INSERT INTO counts (key, starts_at_ms, ends_at_ms, used) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (key, starts_at_ms) DO UPDATE SET used = used + ?4, ends_at_ms = ?3`,
    );
    this.#change = database.prepare('UPDATE counts SET used = used + ? WHERE key = ? AND starts_at_ms = ?');
  }

  /** With the transaction. Whatever had ended by then counts no more. */
  begin(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#known.clear();
  }

  of(key: string): readonly CountRow[] {
    return this.#rowsOf(key);
  }

  /** In a row that is made where there is none. */
  add({ key, startsAtMs }: CountRowId, endsAtMs: number | null, amount: number): void {
    const rows = this.#rowsOf(key);
    let row = rows.find((each) => each.startsAtMs === startsAtMs);
    if (!row) {
      row = { startsAtMs, endsAtMs, used: 0, untold: 0, isNew: 1 };
      const later = rows.findIndex((each) => each.startsAtMs > startsAtMs);
      rows.splice(later < 0 ? rows.length : later, 0, row);
    }
    row.used += amount;
    row.untold += amount;
  }

  /** Nothing where there is no such row. */
  change({ key, startsAtMs }: CountRowId, difference: number): void {
    const row = this.#rowsOf(key).find((each) => each.startsAtMs === startsAtMs);
    if (!row) return void this.#change.run(difference, key, startsAtMs);
    row.used += difference;
    row.untold += difference;
  }

  /** Before the transaction is committed. */
  write(): void {
    for (const [key, rows] of this.#known) {
      for (const { startsAtMs, endsAtMs, untold, isNew } of rows) {
        if (isNew === 1) this.#add.run(key, startsAtMs, endsAtMs, untold);
        // Its end stays: to write it again would cost a page more, of the index by which counts are swept.
        else if (untold !== 0) this.#change.run(untold, key, startsAtMs);
      }
    }
  }

  #rowsOf(key: string): Row[] {
    let rows = this.#known.get(key);
    if (!rows) this.#known.set(key, (rows = this.#select.all(key, this.#nowMs) as unknown as Row[]));
    return rows;
  }
}
