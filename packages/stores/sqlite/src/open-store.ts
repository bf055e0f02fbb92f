import { DatabaseSync } from 'node:sqlite';
import type {
  AtomicKeyValueStore,
  AuditRepository,
  HistoryRepository,
  KeyRepository,
  LedgerOutbox,
  LedgerRepository,
  ResponseRepository,
  SessionRepository,
  SettingRepository,
  SpendRepository,
  TenancyRepository,
} from '@sluice/contract';
import { createAuditRepository } from './audit.js';
import { Checkpointer } from './checkpointer.js';
import { createEntries } from './entries.js';
import type { SqliteEntriesOptions } from './entries.js';
import { SqliteCounterStore } from './counters.js';
import type { SqliteCounterOptions } from './counters.js';
import { createHistoryRepository } from './history.js';
import { createKeyRepository } from './keys.js';
import { createLedgerRepository } from './ledger.js';
import { LedgerRows } from './ledger-rows.js';
import { migrate } from './migrate.js';
import { openFile } from './open-file.js';
import { SqliteOutbox, beginSending, endSending } from './outbox.js';
import type { OutboxOptions } from './outbox.js';
import { LogGuard } from './log-guard.js';
import { LedgerOwner } from './owner.js';
import { createResponseRepository } from './responses.js';
import { createSessionRepository } from './sessions.js';
import { createSettingRepository } from './settings.js';
import { SharedTransaction } from './shared-transaction.js';
import { createSqliteSpend } from './spend.js';
import { createTenancyRepository } from './tenancy.js';
import { WriteAheadLog } from './write-ahead-log.js';
import type { LogFault } from './write-ahead-log.js';

export interface SqliteStoreOptions {
  /** The database file. It and its directory are made when missing, readable by their owner only. */
  readonly path: string;
  /** How long a write waits for another process's lock; the event loop waits with it. Default 2000. */
  readonly busyTimeoutMs?: number;
  /** What a commit survives: the end of the process, or with `sync`, at the price of a wait for the disk, a power cut. Default `process`. */
  readonly durability?: 'process' | 'sync';
  /**
   * Whether who makes an audited change asks again where another process holds the database, as who writes rows, answers and
   * sessions has to anyhow: the event loop then does not wait with it. Default false.
   */
  readonly asksAgain?: boolean;
}

const DEFAULT_BUSY_MS = 2_000;
/** How long the event loop waits with a commit for another process's lock. Whoever wants more asks again. */
const BESIDE_BUSY_MS = 2;
/** Where many may wait at the same time, and all ask again, the event loop waits for none of them. */
const CLAIMING_BUSY_MS = 0;

/** In WAL mode NORMAL survives the end of the process; only a power cut may take the last moments. */
const SYNCHRONOUS = { process: 'NORMAL', sync: 'FULL' } as const;

export interface SqliteStore {
  readonly keys: KeyRepository;
  readonly tenancy: TenancyRepository;
  readonly ledger: LedgerRepository;
  readonly spend: SpendRepository;
  readonly responses: ResponseRepository;
  readonly sessions: SessionRepository;
  readonly settings: SettingRepository;
  readonly audit: AuditRepository;
  readonly history: HistoryRepository;
  /** Counts over the connection that appends to the ledger, in the same transactions. Once a store: others know its holds by it. */
  counters(options: SqliteCounterOptions): SqliteCounterStore;
  /** One table, whoever opens it. */
  entries(options: SqliteEntriesOptions): AtomicKeyValueStore;
  /** The ledger's rows to be sent on: those of now on, whatever process writes them, and those of before. */
  outbox(options: OutboxOptions): LedgerOutbox;
  /** From now on rows stay here, and what waits to be sent does so no more. */
  endSending(): void;
  /**
   * Looks whether the log of the database is as it was left, and gives what is wrong with it. From one that was deleted, all
   * rows of now go into the database itself, at each look. Of one that was cut nothing goes there any more, so that the
   * database stays as it was, and whole: it is there again, without what was in the log, when the process has ended.
   */
  checkLog(): LogFault | undefined;
  /** Closes the file. Idempotent; later calls of the repositories throw `storage_unavailable`. */
  close(): void;
}

/**
 * Opens the database, brings its schema up to date and prepares every statement. Several processes may hold the same
 * file. Throws one error that names the file and what is wrong with it: damaged, from a newer release, not writable.
 * The caller owns the store and closes it.
 */
export function openSqliteStore(options: SqliteStoreOptions): SqliteStore {
  const { path, busyTimeoutMs = DEFAULT_BUSY_MS } = options;
  return openFile(path, busyTimeoutMs, (database) => prepareStore(database, options));
}

function prepareStore(database: DatabaseSync, options: SqliteStoreOptions): SqliteStore {
  const { path } = options;
  const synchronous = `PRAGMA synchronous = ${SYNCHRONOUS[options.durability ?? 'process']}`;
  database.exec(`PRAGMA journal_mode = WAL; ${synchronous}`);
  migrate(database);
  const spend = createSqliteSpend(path);
  const beside = new Beside(path, synchronous);
  const [appending, claiming] = [beside.connect(), beside.connect(CLAIMING_BUSY_MS)];
  const owner = new LedgerOwner({ database, appending, path });
  const checkpointer = new Checkpointer([database, appending, claiming], path);
  const transaction = new SharedTransaction(appending, new LedgerRows(appending, { owner, checkpointer }));
  const log = new LogGuard(new WriteAheadLog(claiming, path), checkpointer);
  return {
    ledger: createLedgerRepository(database, { path, appending, owner, transaction }),
    spend,
    ...smallRepositories(database, claiming, options),
    counters(counting) {
      const store = new SqliteCounterStore({ database: appending, transaction, holder: owner }, counting);
      beside.atEnd(() => store.flush());
      return store;
    },
    outbox({ newMachine }) {
      const machine = beginSending(database, newMachine);
      return beside.open(
        (opened) => new SqliteOutbox(opened, { path, machine }),
        (outbox) => outbox.close(),
      );
    },
    endSending: () => endSending(database),
    checkLog: () => log.check(),
    close: () => close({ database, log, owner, spend, checkpointer, beside }),
  };
}

interface Closing {
  readonly database: DatabaseSync;
  readonly log: LogGuard;
  readonly owner: LedgerOwner;
  readonly spend: { close(): void };
  readonly checkpointer: Checkpointer;
  readonly beside: Beside;
}

function close({ database, log, owner, spend, checkpointer, beside }: Closing): void {
  if (log.isClosed) return;
  try {
    // While the process is its owner yet, whose holds it changes.
    beside.end();
    owner.retire();
  } catch (cause) {
    // Where nothing can be written any more, the next start finds out what is open.
    if (!log.isCut) throw cause;
  } finally {
    spend.close();
    checkpointer.stop();
    beside.close();
    log.close(database);
  }
}

function smallRepositories(
  database: DatabaseSync,
  claiming: DatabaseSync,
  { busyTimeoutMs = DEFAULT_BUSY_MS, asksAgain = false }: SqliteStoreOptions,
) {
  return {
    entries: (options: SqliteEntriesOptions) => createEntries(claiming, options),
    keys: createKeyRepository(database),
    tenancy: createTenancyRepository(database),
    responses: createResponseRepository(claiming),
    sessions: createSessionRepository(claiming),
    settings: createSettingRepository(database),
    audit: createAuditRepository(database, asksAgain ? CLAIMING_BUSY_MS : busyTimeoutMs),
    history: createHistoryRepository(claiming),
  };
}

/** Connections besides the main one: their short wait for another process's lock is nobody else's. */
class Beside {
  readonly #path: string;
  readonly #synchronous: string;
  readonly #opened: DatabaseSync[] = [];
  readonly #ends: (() => void)[] = [];

  constructor(path: string, synchronous: string) {
    this.#path = path;
    this.#synchronous = synchronous;
  }

  connect(timeout = BESIDE_BUSY_MS): DatabaseSync {
    const opened = new DatabaseSync(this.#path, { timeout });
    this.#opened.push(opened);
    opened.exec(this.#synchronous);
    return opened;
  }

  /** What uses the connection ends before it is closed. */
  open<T>(use: (opened: DatabaseSync) => T, end: (user: T) => void): T {
    const opened = this.connect();
    // The ledger's rows go the same way, and what they bring about is checkpointed with them.
    opened.exec('PRAGMA wal_autocheckpoint = 0');
    const user = use(opened);
    this.atEnd(() => end(user));
    return user;
  }

  /** While all connections are open yet. */
  atEnd(end: () => void): void {
    this.#ends.push(end);
  }

  end(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  close(): void {
    for (const opened of this.#opened) opened.close();
  }
}
