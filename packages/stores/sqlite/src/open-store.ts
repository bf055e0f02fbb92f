import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type {
  KeyRepository,
  LedgerRepository,
  ResponseRepository,
  SettingRepository,
  TenancyRepository,
} from '@sluice/contract';
import { Checkpointer } from './checkpointer.js';
import { failureReason } from './failure.js';
import { createKeyRepository } from './keys.js';
import { createLedgerRepository } from './ledger.js';
import { makeFile } from './make-file.js';
import { migrate } from './migrations.js';
import { LedgerOwner } from './owner.js';
import { createResponseRepository } from './responses.js';
import { createSettingRepository } from './settings.js';
import { createTenancyRepository } from './tenancy.js';

export interface SqliteStoreOptions {
  /** The database file. It and its directory are made when missing, readable by their owner only. */
  readonly path: string;
  /** How long a write waits for another process's lock; the event loop waits with it. Default 2000. */
  readonly busyTimeoutMs?: number;
}

export interface SqliteStore {
  readonly keys: KeyRepository;
  readonly tenancy: TenancyRepository;
  readonly ledger: LedgerRepository;
  readonly responses: ResponseRepository;
  readonly settings: SettingRepository;
  /** Closes the file. Idempotent; later calls of the repositories throw `storage_unavailable`. */
  close(): void;
}

/**
 * Opens the database, brings its schema up to date and prepares every statement. Several processes may hold the same
 * file. Throws one error that names the file and what is wrong with it: damaged, from a newer release, not writable.
 * The caller owns the store and closes it.
 */
export function openSqliteStore({ path, busyTimeoutMs = 2_000 }: SqliteStoreOptions): SqliteStore {
  let database: DatabaseSync | undefined;
  try {
    makePrivateFile(path);
    database = new DatabaseSync(path, { timeout: busyTimeoutMs });
    return prepareStore(database, path);
  } catch (cause) {
    database?.close();
    const reason = failureReason(cause) ?? (cause instanceof Error ? cause.message : String(cause));
    throw new Error(`The database ${path} cannot be opened: ${reason}.`, { cause });
  }
}

/** SQLite gives its side files (`-wal`, `-shm`) the mode of the main one. */
function makePrivateFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  makeFile(path);
  if (!statSync(path).isFile()) throw new Error('it is not a file');
  chmodSync(path, 0o600);
}

function prepareStore(database: DatabaseSync, path: string): SqliteStore {
  // In WAL mode NORMAL survives the end of the process; only a power cut may take the last moments.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  migrate(database);
  const owner = new LedgerOwner(database, path);
  const checkpointer = new Checkpointer(database, path);
  return {
    keys: createKeyRepository(database),
    tenancy: createTenancyRepository(database),
    ledger: createLedgerRepository(database, { path, owner, checkpointer }),
    responses: createResponseRepository(database),
    settings: createSettingRepository(database),
    close: () => {
      if (!database.isOpen) return;
      try {
        owner.retire();
      } finally {
        checkpointer.stop();
        database.close();
      }
    },
  };
}
