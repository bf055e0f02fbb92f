import type { DatabaseSync } from 'node:sqlite';
import type {
  Directory,
  DirectoryChange,
  DirectoryCopy,
  DirectoryKind,
  DirectoryMark,
  DirectoryUpdate,
  Rehearsal,
} from '@sluice/contract';
import { guarded } from './failure.js';
import { createKeyRepository } from './keys.js';
import { migrate } from './migrate.js';
import { openFile } from './open-file.js';
import { createSettingRepository } from './settings.js';
import { createTenancyRepository } from './tenancy.js';
import { rollback, transact } from './transact.js';

export interface SqliteDirectoryCopyOptions {
  /** A file of its own: what a copy is copied from decides all that is in it. */
  readonly path: string;
  /** How long a write waits for another process's lock; the event loop waits with it. Default 2000. */
  readonly busyTimeoutMs?: number;
}

/** The columns by which rows are found. */
const KEYS: Readonly<Record<DirectoryKind, readonly [string] | readonly [string, string]>> = {
  orgs: ['id'],
  teams: ['id'],
  users: ['id'],
  keys: ['id'],
  settings: ['kind', 'name'],
};
const KINDS = Object.keys(KEYS) as readonly DirectoryKind[];

const COPIED = `CREATE TABLE IF NOT EXISTS copied (
  only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1),
  version INTEGER NOT NULL,
  token TEXT NOT NULL,
  confirmed_at_ms INTEGER
) STRICT`;

/**
 * A copy of a directory in a file of its own, with the schema of a store. Throws one error that names the file and what is
 * wrong with it. The caller owns the copy and closes it.
 */
export function openSqliteDirectoryCopy({ path, busyTimeoutMs = 2_000 }: SqliteDirectoryCopyOptions): DirectoryCopy {
  return openFile(path, busyTimeoutMs, (database) => {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    migrate(database);
    database.exec(`${COPIED}; CREATE TEMP TABLE touched (of TEXT, key1 TEXT, key2 TEXT); ${watchTables()}`);
    return new SqliteDirectoryCopy(database);
  });
}

/** What a change touches is seen by triggers, so that no statement of a repository, now or later, escapes. */
function watchTables(): string {
  const watch = (of: DirectoryKind, event: string, row: 'NEW' | 'OLD'): string => {
    const [first, second] = KEYS[of];
    const keys = `${row}.${first}, ${second === undefined ? 'NULL' : `${row}.${second}`}`;
    return `CREATE TEMP TRIGGER touched_${of}_${event} AFTER ${event} ON main.${of}
      BEGIN INSERT INTO touched VALUES ('${of}', ${keys}); END`;
  };
  return KINDS.flatMap((of) => [
    watch(of, 'INSERT', 'NEW'),
    watch(of, 'UPDATE', 'NEW'),
    watch(of, 'DELETE', 'OLD'),
  ]).join('; ');
}

interface Touched {
  readonly of: DirectoryKind;
  readonly key1: string;
  readonly key2: string | null;
}

class SqliteDirectoryCopy implements DirectoryCopy {
  readonly keys: Directory['keys'];
  readonly tenancy: Directory['tenancy'];
  readonly settings: Directory['settings'];
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.keys = createKeyRepository(database);
    this.tenancy = createTenancyRepository(database);
    this.settings = createSettingRepository(database);
  }

  mark(): DirectoryMark | undefined {
    return guarded(() => this.#readMark());
  }

  confirmedAtMs(): number | undefined {
    const row = guarded(() => this.#database.prepare('SELECT confirmed_at_ms AS at FROM copied').get());
    return typeof row?.['at'] === 'number' ? row['at'] : undefined;
  }

  confirm(atMs: number): void {
    guarded(() => this.#database.prepare('UPDATE copied SET confirmed_at_ms = ?').run(Math.trunc(atMs)));
  }

  rehearse<T>(work: () => T): Rehearsal<T> {
    guarded(() => this.#database.exec('BEGIN IMMEDIATE'));
    try {
      const result = work();
      return { result, changes: guarded(() => this.#readChanges()) };
    } finally {
      guarded(() => rollback(this.#database));
    }
  }

  apply({ from, to, isWhole, changes }: DirectoryUpdate): boolean {
    let isApplied = false;
    guarded(() =>
      transact(this.#database, () => {
        if (this.#readMark()?.token !== from?.token) return;
        if (isWhole) for (const of of KINDS) this.#database.exec(`DELETE FROM ${of}`);
        for (const change of changes) this.#replace(change);
        this.#database
          .prepare(
            `INSERT INTO copied (only_row, version, token) VALUES (1, ?, ?)
             ON CONFLICT (only_row) DO UPDATE SET version = excluded.version, token = excluded.token`,
          )
          .run(to.version, to.token);
        this.#database.exec('DELETE FROM touched');
        isApplied = true;
      }),
    );
    return isApplied;
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #readMark(): DirectoryMark | undefined {
    return this.#database.prepare('SELECT version, token FROM copied').get() as unknown as DirectoryMark | undefined;
  }

  #readChanges(): readonly DirectoryChange[] {
    const touched = this.#database.prepare('SELECT DISTINCT of, key1, key2 FROM touched').all();
    return (touched as unknown as readonly Touched[]).map((row) => this.#readChange(row));
  }

  #readChange({ of, key1, key2 }: Touched): DirectoryChange {
    const { orgs, teams, users } = this.tenancy;
    switch (of) {
      case 'orgs':
        return { of, key: [key1], ...found(orgs.find(key1)) };
      case 'teams':
        return { of, key: [key1], ...found(teams.find(key1)) };
      case 'users':
        return { of, key: [key1], ...found(users.find(key1)) };
      case 'keys':
        return { of, key: [key1], ...found(this.keys.find(key1)) };
      case 'settings':
        return { of, key: [key1, key2 ?? ''], ...found(this.settings.find(key1, key2 ?? '')) };
    }
  }

  #replace(change: DirectoryChange): void {
    const columns = KEYS[change.of].map((column) => `${column} = ?`).join(' AND ');
    this.#database.prepare(`DELETE FROM ${change.of} WHERE ${columns}`).run(...change.key);
    this.#insert(change);
  }

  #insert(change: DirectoryChange): void {
    if (!change.record) return;
    const { orgs, teams, users } = this.tenancy;
    switch (change.of) {
      case 'orgs':
        return void orgs.insert(change.record);
      case 'teams':
        return void teams.insert(change.record);
      case 'users':
        return void users.insert(change.record);
      case 'keys':
        return this.keys.insert(change.record);
      case 'settings':
        return this.settings.put(change.record);
    }
  }
}

function found<R>(record: R | undefined): { readonly record?: R } {
  return record === undefined ? {} : { record };
}
