import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { CountRowId } from './count-rows.js';

/** Who holds, and how it is told whether somebody else does who has ended. */
export interface Holder {
  /** Of this process, never given twice. */
  readonly id: number;
  isAlive(id: number): boolean;
}

/** What somebody held who lets go of it no more. */
export interface Left extends CountRowId {
  readonly held: number;
}

interface HolderRow {
  readonly holder: number;
  readonly untilMs: number;
}

const SWEEP_EVERY_MS = 60_000;

/**
 * What a process would have to give back should it end now: of each count the sum over all its reservations. It is what
 * others know of them, so that a reservation needs no row of its own. A holder is leased, for one that is stopped must not be
 * in the way for ever. Every method runs within its caller's transaction.
 */
export class Holds {
  readonly #holder: Holder;
  readonly #add: StatementSync;
  readonly #lease: StatementSync;
  readonly #leased: StatementSync;
  readonly #others: StatementSync;
  readonly #leftBy: StatementSync;
  readonly #forgetHolds: StatementSync;
  readonly #forgetHolder: StatementSync;
  readonly #sweep: StatementSync;
  /** By count: how much more, or less, than the database has been told. */
  readonly #untold = new Map<string, Map<number, number>>();
  #sweptAtMs = Number.NEGATIVE_INFINITY;

  constructor(database: DatabaseSync, holder: Holder) {
    this.#holder = holder;
    this.#add = database.prepare(
      `INSERT INTO count_holds (holder, key, starts_at_ms, held) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (holder, key, starts_at_ms) DO UPDATE SET held = held + ?4`,
    );
    this.#lease = database.prepare('INSERT OR REPLACE INTO count_holders (holder, until_ms) VALUES (?, ?)');
    this.#leased = database.prepare('SELECT until_ms AS untilMs FROM count_holders WHERE holder = ?');
    this.#others = database.prepare('SELECT holder, until_ms AS untilMs FROM count_holders WHERE holder <> ?');
    this.#leftBy = database.prepare(
      'SELECT key, starts_at_ms AS startsAtMs, CAST(held AS REAL) AS held FROM count_holds WHERE holder = ? AND held <> 0',
    );
    this.#forgetHolds = database.prepare('DELETE FROM count_holds WHERE holder = ?');
    this.#forgetHolder = database.prepare('DELETE FROM count_holders WHERE holder = ?');
    this.#sweep = database.prepare('DELETE FROM count_holds WHERE holder = ? AND held = 0');
  }

  begin(): void {
    this.#untold.clear();
  }

  /** Until when others leave it alone; nothing where they have given back what it held. */
  get leasedUntilMs(): number | undefined {
    return this.#leased.get(this.#holder.id)?.['untilMs'] as number | undefined;
  }

  lease(untilMs: number): void {
    this.#lease.run(this.#holder.id, untilMs);
  }

  change({ key, startsAtMs }: CountRowId, difference: number): void {
    if (difference === 0) return;
    let starts = this.#untold.get(key);
    if (!starts) {
      starts = new Map<number, number>();
      this.#untold.set(key, starts);
    }
    starts.set(startsAtMs, (starts.get(startsAtMs) ?? 0) + difference);
  }

  /** Before the transaction is committed. */
  write(nowMs: number): void {
    for (const [key, starts] of this.#untold) {
      for (const [startsAtMs, difference] of starts) {
        if (difference !== 0) this.#add.run(this.#holder.id, key, startsAtMs, difference);
      }
    }
    if (Math.abs(nowMs - this.#sweptAtMs) < SWEEP_EVERY_MS) return;
    this.#sweptAtMs = nowMs;
    this.#sweep.run(this.#holder.id);
  }

  /** What holders have left who have ended or were not heard of for a lease; it is no longer held. */
  takeLeft(nowMs: number): readonly Left[] {
    const left: Left[] = [];
    for (const { holder, untilMs } of this.#others.all(this.#holder.id) as unknown as readonly HolderRow[]) {
      if (untilMs > nowMs && this.#holder.isAlive(holder)) continue;
      left.push(...(this.#leftBy.all(holder) as unknown as readonly Left[]));
      this.#forgetHolds.run(holder);
      this.#forgetHolder.run(holder);
    }
    return left;
  }
}
