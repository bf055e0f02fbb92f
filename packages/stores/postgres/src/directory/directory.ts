import { gatewayError } from '@sluice/contract';
import type {
  AuditEntry,
  AuditRepository,
  AuditSeal,
  Clock,
  Directory,
  DirectoryCopy,
  DirectoryMark,
  DirectoryUpdate,
} from '@sluice/contract';
import { Turns } from '@sluice/toolkit';
import type { Postgres, Sql } from '../connection.js';
import { HEAD_COLUMNS, append, readAll, readPage, toHead } from './audit-table.js';
import type { HeadColumns } from './audit-table.js';
import { readChanges } from './tables.js';
import { change, wasAt } from './versions.js';

/** How often the database is asked whether it changed. With the check of whoever holds keys in memory, well under a second. */
const POLL_EVERY_MS = 250;
/** How old a copy may be that says who may call. */
const MAX_AGE_MS = 15 * 60_000;
/** How exactly a copy knows how old it is, should it be opened again. */
const CONFIRM_EVERY_MS = 10_000;
const MOST_TRIES = 10;
/** Changes wait for each other in the database: the next one stands ready there, and the others hold no connection. */
const WRITERS = 2;
/** A second's work. */
const MAX_WAITING = 200;
const MAX_WAIT_MS = 5_000;
const RETRY_AFTER_MS = 1_000;

export interface PostgresDirectoryOptions {
  readonly database: Postgres;
  /** The same by a connection that nobody else uses: however busy the others are, changes are seen in time. */
  readonly lookout: Postgres;
  /** Where this machine reads. The caller's to close, after the directory. */
  readonly copy: DirectoryCopy;
  readonly clock: Clock;
  /** By what the database is known to be of the same secret; see `agreeOnSecret`. */
  readonly secretMark: string;
}

/** Hears once that the database cannot be read, and once that it can be again. */
export type OnReachable = (isReachable: boolean, cause?: unknown) => void;

/** A directory that all machines share. */
export interface PostgresDirectory extends Directory {
  /** Reads what changed. Rejects with `storage_unavailable`. */
  refresh(): Promise<void>;
  /** How long ago the copy was last known to be the newest state; absent where it never was. */
  ageMs(): number | undefined;
  /** Whether it is young enough to be served from, should the database be away. */
  isServable(): boolean;
  /** Looks for changes from now on, until it is closed. */
  watch(onReachable: OnReachable): void;
  /** Resolves when nothing is under way. Idempotent. */
  close(): Promise<void>;
}

interface Head extends DirectoryMark, HeadColumns {
  readonly secretMark: string | null;
}

interface Reading {
  /** A state of the copy that is no newer than what is read, unless the database was put back. */
  readonly from: DirectoryMark | undefined;
  readonly head: Head;
}

/**
 * The directory in PostgreSQL, read from a copy on this machine. A change is rehearsed on the copy, under the lock of the
 * directory and so on its newest state; what it did there is written to the database with its row, and only then to the
 * copy. What other machines change is seen by asking for the version, four times a second, rather than by LISTEN: that also
 * works behind a pooler, and a connection that is silently gone cannot make it deaf.
 */
export function createPostgresDirectory(options: PostgresDirectoryOptions): PostgresDirectory {
  const state = new DirectoryState(options);
  const { database, copy } = options;
  const audit: AuditRepository = {
    record: (work, seal) => state.record(work, seal),
    async head() {
      const [head] = await database.query<HeadColumns>(`SELECT ${HEAD_COLUMNS} FROM sluice.directory`);
      return head && toHead(head);
    },
    all: (last) => readAll(database, last),
    page: (query) => readPage(database, query),
  };
  return {
    keys: {
      ...copy.keys,
      version() {
        state.assertServable();
        return copy.keys.version();
      },
    },
    tenancy: copy.tenancy,
    settings: copy.settings,
    audit,
    refresh: () => state.refresh(),
    ageMs: () => state.ageMs(),
    isServable: () => state.isServable(),
    watch: (onReachable) => state.watch(onReachable),
    close: () => state.close(),
  };
}

type Work<T> = () => { readonly result: T; readonly entry?: AuditEntry };

class DirectoryState {
  readonly #options: PostgresDirectoryOptions;
  /** On the clock that never steps; absent where there is no copy yet. */
  #confirmedAtMs: number | undefined;
  readonly #turns = new Turns({
    atOnce: WRITERS,
    waiting: MAX_WAITING,
    message: 'Too many changes at once.',
    retryAfterMs: RETRY_AFTER_MS,
  });
  #notedAtMs = Number.NEGATIVE_INFINITY;
  #isReachable = true;
  #failure: unknown;
  #refreshing: Promise<void> | undefined;
  #cancel: (() => void) | undefined;
  #onReachable: OnReachable | undefined;
  #isClosed = false;

  constructor(options: PostgresDirectoryOptions) {
    this.#options = options;
    const { clock, copy } = options;
    const at = copy.confirmedAtMs();
    if (at !== undefined) this.#confirmedAtMs = clock.monotonic() - Math.max(0, clock.now() - at);
  }

  ageMs(): number | undefined {
    return this.#confirmedAtMs === undefined ? undefined : this.#options.clock.monotonic() - this.#confirmedAtMs;
  }

  isServable(): boolean {
    return (this.ageMs() ?? Number.POSITIVE_INFINITY) <= MAX_AGE_MS;
  }

  assertServable(): void {
    if (this.isServable()) return;
    throw gatewayError('storage_unavailable', { message: 'The keys cannot be read.', cause: this.#failure });
  }

  /** Rejects with `overloaded` where too many wait. */
  async record<T>(work: Work<T>, seal: AuditSeal): Promise<T> {
    await this.#takeTurn();
    try {
      return await this.#write(work, seal);
    } finally {
      this.#turns.leave();
    }
  }

  async #takeTurn(): Promise<void> {
    const late = new AbortController();
    const message = 'The database did not come to this change in time.';
    const cancel = this.#options.clock.after(MAX_WAIT_MS, () =>
      late.abort(gatewayError('storage_unavailable', { message })),
    );
    await this.#turns.enter(late.signal).finally(cancel);
  }

  async #write<T>(work: Work<T>, seal: AuditSeal): Promise<T> {
    const { database, copy } = this.#options;
    const made = await database.transaction(async (sql) => {
      const head = await this.#readHead(sql, 'FOR UPDATE');
      // Under the lock nobody's copy can be newer than the head.
      await persist(() => this.#catchUp(sql, { from: copy.mark(), head }));
      const { result: rehearsed, changes } = copy.rehearse(work);
      const to = changes.length > 0 ? await change(sql, head, changes) : undefined;
      if (rehearsed.entry) await append(sql, { entry: rehearsed.entry, head: toHead(head), seal });
      return { result: rehearsed.result, update: to && { from: head, to, isWhole: false, changes } };
    });
    if (made.update && !this.#isApplied(made.update)) await this.#settle();
    return made.result;
  }

  /** The change is made, whatever becomes of the copy: where it has moved meanwhile, or cannot be written, it is read anew. */
  #isApplied(update: DirectoryUpdate): boolean {
    try {
      return this.#options.copy.apply(update);
    } catch {
      return false;
    }
  }

  /** One at a time: who asks meanwhile gets one that begins later, for the first may have read already. */
  async refresh(): Promise<void> {
    while (this.#refreshing) await this.#refreshing.catch(() => undefined);
    this.#refreshing = this.#read().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  watch(onReachable: OnReachable): void {
    this.#onReachable = onReachable;
    if (!this.#isReachable) onReachable(false, this.#failure);
    this.#pollLater();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel?.();
    await this.#refreshing?.catch(() => undefined);
  }

  #pollLater(): void {
    if (this.#isClosed) return;
    this.#cancel = this.#options.clock.after(POLL_EVERY_MS, () => void this.#settle().then(() => this.#pollLater()));
  }

  /** What cannot be read now is read later. */
  async #settle(): Promise<void> {
    await this.refresh().catch(() => undefined);
  }

  async #read(): Promise<void> {
    try {
      const { lookout, copy } = this.#options;
      const head = await this.#readHead(lookout);
      if (copy.mark()?.token !== head.token) await persist(() => this.#readAnew());
      this.#confirm();
    } catch (cause) {
      this.#failure = cause;
      this.#tell(false, cause);
      throw cause;
    }
  }

  #readAnew(): Promise<boolean> {
    return this.#options.lookout.transaction(async (sql) => {
      // All tables as they were at one moment.
      await sql.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
      // Before the first statement, which decides what this transaction sees: a copy that others bring further meanwhile is
      // not taken for one of another database, and not put back.
      const from = this.#options.copy.mark();
      return this.#catchUp(sql, { from, head: await this.#readHead(sql) });
    });
  }

  async #readHead(sql: Sql, lock = ''): Promise<Head> {
    const [head] = await sql.query<Head>(
      `SELECT version, token, secret_mark AS "secretMark", ${HEAD_COLUMNS} FROM sluice.directory ${lock}`,
    );
    if (head?.secretMark === this.#options.secretMark) return head;
    const message = 'The database is not the one that this gateway was started with: it was made with another secret.';
    throw gatewayError('storage_unavailable', { message });
  }

  /** Brings the copy to `head`, of which `sql` sees nothing newer. False where others have moved it from `from` meanwhile. */
  async #catchUp(sql: Sql, { from, head }: Reading): Promise<boolean> {
    if (from?.token === head.token) return true;
    // A database that was put back to what it was has versions with numbers that the copy knows otherwise.
    const isOfItsPast = from !== undefined && (await wasAt(sql, from));
    const changes = await readChanges(sql, isOfItsPast ? from.version : undefined);
    return this.#options.copy.apply({ from, to: head, isWhole: !isOfItsPast, changes });
  }

  #confirm(): void {
    const { clock, copy } = this.#options;
    const nowMs = clock.monotonic();
    this.#confirmedAtMs = nowMs;
    if (nowMs - this.#notedAtMs >= CONFIRM_EVERY_MS) {
      copy.confirm(clock.now());
      this.#notedAtMs = nowMs;
    }
    this.#tell(true);
  }

  #tell(isReachable: boolean, cause?: unknown): void {
    if (isReachable === this.#isReachable) return;
    this.#isReachable = isReachable;
    this.#onReachable?.(isReachable, cause);
  }
}

/** Those who share a copy agree within a few tries, for all of them bring it to the same state. */
async function persist(work: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) if (await work()) return;
  throw gatewayError('storage_unavailable', { message: 'The copy of the database is changed by too many at once.' });
}
