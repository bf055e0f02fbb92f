import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LedgerIntent, LedgerSettlement } from '@sluice/contract';
import { FleetingMap } from '@sluice/toolkit';
import { isOwnerAlive, takeOwnerLock } from './owner-lock.js';
import type { OwnerLock } from './owner-lock.js';
import { transact } from './transact.js';

/** So often is written down which intents have been open for long; what is newer is found by its id. */
const MARK_EVERY_MS = 10_000;

/** Sorts after every id, in SQLite's order of bytes. */
export const AFTER_EVERY_ID = '\u{10ffff}';

/** Where the lock of an owner is. */
export function ownerLockPath(databasePath: string, owner: number | bigint): string {
  return `${databasePath}-owner-${owner}`;
}

export interface OwnerInit {
  readonly database: DatabaseSync;
  /** The connection on which the intents are written. */
  readonly appending: DatabaseSync;
  /** Of the database. */
  readonly path: string;
}

const WRITE = 'UPDATE ledger_owners SET since = ?, open = ? WHERE id = ?';

interface Claimed {
  readonly id: number;
  readonly lock: OwnerLock;
}

/** From where on open intents are looked for. */
interface Mark {
  /** No open intent has an id before this one, but for those that the row lists. */
  readonly since: string;
  /** The newest id when the mark was made: the next `since`, for ids come a little out of order. */
  readonly newest: string;
  readonly atMs: number;
}

/**
 * This process as the one that settles its intents. It keeps a row from which another process can tell which of them are
 * open, should this one end without settling them. A request costs it two operations on a map.
 */
export class LedgerOwner {
  readonly #database: DatabaseSync;
  readonly #path: string;
  /** On the connection that appends, as all that is done before the process ends: it waits for nobody. */
  readonly #appending: DatabaseSync;
  readonly #write: StatementSync;
  readonly #open = new FleetingMap<string, true>();
  #claimed: Claimed | undefined;
  #newest = '';
  #mark: Mark = { since: AFTER_EVERY_ID, newest: AFTER_EVERY_ID, atMs: Number.NEGATIVE_INFINITY };
  #nextMark = this.#mark;

  constructor({ database, appending, path }: OwnerInit) {
    this.#database = database;
    this.#path = path;
    this.#appending = appending;
    this.#write = appending.prepare(WRITE);
  }

  /** The number that its intents carry, claimed where it is not yet. */
  get id(): number {
    return this.#ownClaim().id;
  }

  /** Before the first transaction, for it takes one of its own. */
  claim(): void {
    this.#ownClaim();
  }

  /** Whether the process of that number lives. */
  isAlive(id: number): boolean {
    return isOwnerAlive(ownerLockPath(this.#path, id));
  }

  /** Within the transaction that writes the intents. */
  mark(intents: readonly LedgerIntent[]): void {
    this.#nextMark = this.#markFor(intents);
    if (this.#nextMark === this.#mark) return;
    const { since } = this.#nextMark;
    this.#write.run(since, JSON.stringify(this.#openIds().filter((id) => id < since)), this.id);
  }

  /** After it. */
  committed(intents: readonly LedgerIntent[], settlements: readonly LedgerSettlement[]): void {
    this.#mark = this.#nextMark;
    for (const { id } of intents) {
      this.#open.set(id, true);
      if (id > this.#newest) this.#newest = id;
    }
    for (const { id } of settlements) this.#open.delete(id);
  }

  /** Leaves what is still open to others. */
  retire(): void {
    if (!this.#claimed) return;
    const { id, lock } = this.#claimed;
    this.#claimed = undefined;
    try {
      if (this.#open.size > 0) this.#database.prepare(WRITE).run(AFTER_EVERY_ID, JSON.stringify(this.#openIds()), id);
      else this.#database.prepare('DELETE FROM ledger_owners WHERE id = ?').run(id);
    } finally {
      lock.release();
    }
  }

  #openIds(): readonly string[] {
    return Array.from(this.#open, ([id]) => id);
  }

  #markFor(intents: readonly LedgerIntent[]): Mark {
    const [first] = intents;
    const mark = this.#mark;
    if (!first) return mark;
    let lowest = first.id;
    for (const { id } of intents) if (id < lowest) lowest = id;
    // A clock that was set back is a reason as well.
    if (Math.abs(first.startedAtMs - mark.atMs) < MARK_EVERY_MS) {
      return lowest < mark.since ? { ...mark, since: lowest } : mark;
    }
    const since = mark.newest < lowest ? mark.newest : lowest;
    return { since, newest: this.#newest === '' ? lowest : this.#newest, atMs: first.startedAtMs };
  }

  #ownClaim(): Claimed {
    return (this.#claimed ??= this.#newClaim());
  }

  /** The row shows up together with its lock held: nobody takes a new owner for one that has ended. */
  #newClaim(): Claimed {
    const insert = this.#appending.prepare(`INSERT INTO ledger_owners (since, open) VALUES (?, '[]')`);
    let claimed: Claimed | undefined;
    transact(this.#appending, () => {
      // A lock of that name may be left, and even be held, where a database was moved away from under its process.
      while (!claimed) {
        const id = Number(insert.run(AFTER_EVERY_ID).lastInsertRowid);
        const lock = takeOwnerLock(ownerLockPath(this.#path, id));
        if (lock) claimed = { id, lock };
      }
    });
    return claimed as unknown as Claimed;
  }
}
