import { DatabaseSync } from 'node:sqlite';
import type {
  AtomicKeyValueStore,
  AuditRepository,
  KeyRepository,
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
import { createKeyRepository } from './keys.js';
import { createLedgerRepository } from './ledger.js';
import { migrate } from './migrations.js';
import { openFile } from './open-file.js';
import { LedgerOwner } from './owner.js';
import { createResponseRepository } from './responses.js';
import { createSessionRepository } from './sessions.js';
import { createSettingRepository } from './settings.js';
import { SqliteSpend } from './spend.js';
import { createTenancyRepository } from './tenancy.js';

export interface SqliteStoreOptions {
  /** The database file. It and its directory are made when missing, readable by their owner only. */
  readonly path: string;
  /** How long a write waits for another process's lock; the event loop waits with it. Default 2000. */
  readonly busyTimeoutMs?: number;
}

/** How long counting waits for another process's lock; whoever is admitted waits with it. */
const COUNTERS_BUSY_MS = 50;

export interface SqliteStore {
  readonly keys: KeyRepository;
  readonly tenancy: TenancyRepository;
  readonly ledger: LedgerRepository;
  readonly spend: SpendRepository;
  readonly responses: ResponseRepository;
  readonly sessions: SessionRepository;
  readonly settings: SettingRepository;
  readonly audit: AuditRepository;
  /** Counts over a connection of their own, so that a lock of another process costs no more than their short wait. */
  counters(options: SqliteCounterOptions): SqliteCounterStore;
  /** One table, whoever opens it. */
  entries(options: SqliteEntriesOptions): AtomicKeyValueStore;
  /** Closes the file. Idempotent; later calls of the repositories throw `storage_unavailable`. */
  close(): void;
}

/**
 * Opens the database, brings its schema up to date and prepares every statement. Several processes may hold the same
 * file. Throws one error that names the file and what is wrong with it: damaged, from a newer release, not writable.
 * The caller owns the store and closes it.
 */
export function openSqliteStore({ path, busyTimeoutMs = 2_000 }: SqliteStoreOptions): SqliteStore {
  return openFile(path, busyTimeoutMs, (database) => prepareStore(database, path));
}

function prepareStore(database: DatabaseSync, path: string): SqliteStore {
  // In WAL mode NORMAL survives the end of the process; only a power cut may take the last moments.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  migrate(database);
  const owner = new LedgerOwner(database, path);
  const checkpointer = new Checkpointer(database, path);
  const spend = new SqliteSpend(path);
  const counters: SqliteCounterStore[] = [];
  const beside: DatabaseSync[] = [];
  const openBeside = (): DatabaseSync => {
    const opened = new DatabaseSync(path, { timeout: COUNTERS_BUSY_MS });
    // The ledger's rows go the same way, and what they bring about is checkpointed with them.
    opened.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0');
    beside.push(opened);
    return opened;
  };
  return {
    ledger: createLedgerRepository(database, { path, owner, checkpointer }),
    spend,
    ...smallRepositories(database),
    entries: (options) => createEntries(database, options),
    counters(options) {
      const store = new SqliteCounterStore(openBeside(), options);
      counters.push(store);
      return store;
    },
    close: () => {
      if (!database.isOpen) return;
      try {
        owner.retire();
      } finally {
        spend.close();
        checkpointer.stop();
        for (const store of counters) store.flush();
        for (const opened of beside) opened.close();
        database.close();
      }
    },
  };
}

function smallRepositories(database: DatabaseSync) {
  return {
    keys: createKeyRepository(database),
    tenancy: createTenancyRepository(database),
    responses: createResponseRepository(database),
    sessions: createSessionRepository(database),
    settings: createSettingRepository(database),
    audit: createAuditRepository(database),
  };
}
