import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Actual, Claim } from '@sluice/contract';
import type { CountTable, Place } from './count-table.js';

interface NewReservation {
  readonly id: string;
  readonly expiresAtMs: number;
  readonly claims: readonly Claim[];
  /** Of each claim. */
  readonly places: readonly Place[];
}

/** One claim of a reservation, as a row keeps it: what was counted where, and whether it still is. */
interface Held {
  readonly key: string;
  readonly startsAtMs: number;
  readonly name: string;
  readonly amount: number;
  readonly isGauge: boolean;
  readonly isTaken: boolean;
}

interface Row {
  readonly id: string;
  readonly held: string;
  readonly expired: number;
}
interface ExpiredRow extends Row {
  /** Whether the ledger has a row of that id, */
  readonly known: number;
  /** and what stands in its settlement. */
  readonly settled: number;
  readonly costMicroUsd: number | null;
}

const SPEND = 'spend';
const NANO_PER_MICRO = 1_000;
/** So long somebody may settle late. */
const FORGET_AFTER_MS = 7 * 86_400_000;
const EXPIRE_EVERY_MS = 250;
const MAX_EXPIRED = 256;

/**
 * What is reserved, until it is settled. One that expires lets go of all it holds, but for the money of a request whose row
 * in the ledger is open: that is settled with the row, by whoever recovers it. Where the row is settled already its cost
 * counts. Every method runs within its caller's transaction.
 */
export class ReservationTable {
  readonly #counts: CountTable;
  readonly #insert: StatementSync;
  readonly #find: StatementSync;
  readonly #renewLive: StatementSync;
  readonly #revive: StatementSync;
  readonly #delete: StatementSync;
  readonly #due: StatementSync;
  readonly #mark: StatementSync;
  readonly #forget: StatementSync;
  readonly #deleteLive: StatementSync;
  /** Made by this process and not settled yet. */
  readonly #own = new Map<string, readonly Held[]>();
  /** Of those the ones of the transaction that goes on. */
  #added: string[] = [];
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(database: DatabaseSync, counts: CountTable) {
    this.#counts = counts;
    this.#insert = database.prepare(`INSERT INTO reservations (id, expires_at_ms, expired, held) VALUES (?, ?, 0, ?)
       ON CONFLICT (id) DO UPDATE SET expires_at_ms = excluded.expires_at_ms, expired = 0, held = excluded.held
       WHERE expired = 1`);
    this.#find = database.prepare('SELECT id, held, expired FROM reservations WHERE id = ?');
    this.#renewLive = database.prepare('UPDATE reservations SET expires_at_ms = ? WHERE id = ? AND expired = 0');
    this.#revive = database.prepare('UPDATE reservations SET expires_at_ms = ?, expired = 0, held = ? WHERE id = ?');
    this.#deleteLive = database.prepare('DELETE FROM reservations WHERE id = ? AND expired = 0');
    this.#delete = database.prepare('DELETE FROM reservations WHERE id = ?');
    this.#mark = database.prepare('UPDATE reservations SET expired = 1, held = ? WHERE id = ?');
    this.#forget = database.prepare('DELETE FROM reservations WHERE expired = 1 AND expires_at_ms <= ?');
    this.#due = database.prepare(
      `SELECT r.id, r.held, r.expired, i.id IS NOT NULL AS known, s.id IS NOT NULL AS settled, s.cost_micro_usd AS costMicroUsd
       FROM reservations r LEFT JOIN ledger_intents i ON i.id = r.id LEFT JOIN ledger_settlements s ON s.id = r.id
       WHERE r.expired = 0 AND r.expires_at_ms <= ? LIMIT ${MAX_EXPIRED}`,
    );
  }

  has(id: string): boolean {
    return this.#row(id)?.expired === 0;
  }

  /** False, and nothing is changed, where there is one of that id already. */
  insert({ id, expiresAtMs, claims, places }: NewReservation): boolean {
    const held = claims.map(({ name, amount, kind }, index): Held => {
      const { key, startsAtMs } = places[index] as Place;
      return { key, startsAtMs, name, amount, isGauge: kind === 'gauge', isTaken: true };
    });
    if (this.#insert.run(id, expiresAtMs, JSON.stringify(held)).changes === 0) return false;
    this.#own.set(id, held);
    this.#added.push(id);
    return true;
  }

  /** The transaction has ended: what was made in it is there, or it never was. */
  ended(isCommitted: boolean): void {
    if (this.#added.length === 0) return;
    if (!isCommitted) for (const id of this.#added) this.#own.delete(id);
    this.#added = [];
  }

  renew(id: string, expiresAtMs: number): void {
    if (this.#renewLive.run(expiresAtMs, id).changes === 1) return;
    const row = this.#row(id);
    if (!row) return;
    const again = heldOf(row).map((held) => this.#take(held));
    this.#revive.run(expiresAtMs, JSON.stringify(again), id);
  }

  settle(id: string, actual: Actual): void {
    for (const held of this.#takeOut(id)) {
      const { name, amount, isGauge, isTaken } = held;
      const kept = isGauge ? 0 : (actual[name] ?? amount);
      this.#counts.change(held, isTaken ? kept - amount : kept);
    }
  }

  cancel(id: string): void {
    for (const held of this.#takeOut(id)) this.#letGo(held);
  }

  /** What a reservation holds, and forgets it. One of this process that nobody has touched need not be read for it. */
  #takeOut(id: string): readonly Held[] {
    const own = this.#own.get(id);
    this.#own.delete(id);
    if (own && this.#deleteLive.run(id).changes === 1) return own;
    const row = this.#row(id);
    this.#delete.run(id);
    return row ? heldOf(row) : [];
  }

  /** Once in a while, for those whose lease is over. */
  expire(nowMs: number): void {
    if (Math.abs(nowMs - this.#lookedAtMs) < EXPIRE_EVERY_MS) return;
    this.#lookedAtMs = nowMs;
    for (const row of this.#due.all(nowMs) as unknown as readonly ExpiredRow[]) this.#expireOne(row);
    this.#forget.run(nowMs - FORGET_AFTER_MS);
  }

  #expireOne(row: ExpiredRow): void {
    if (row.settled) return this.settle(row.id, { [SPEND]: (row.costMicroUsd ?? 0) * NANO_PER_MICRO });
    const isOpen = row.known === 1;
    const left = heldOf(row).map((held) => (isOpen && held.name === SPEND ? held : this.#letGo(held)));
    this.#mark.run(JSON.stringify(left), row.id);
  }

  #letGo(held: Held): Held {
    if (held.isTaken) this.#counts.change(held, -held.amount);
    return { ...held, isTaken: false };
  }

  #take(held: Held): Held {
    if (!held.isTaken) this.#counts.change(held, held.amount);
    return { ...held, isTaken: true };
  }

  #row(id: string): Row | undefined {
    return this.#find.get(id) as Row | undefined;
  }
}

function heldOf({ held }: Row): readonly Held[] {
  return JSON.parse(held) as readonly Held[];
}
