import { existsSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { makeFile } from './make-file.js';

/** What a process holds for as long as it lives. The kernel takes it back, however the process ends. */
export interface OwnerLock {
  /** Gives it back and takes its file away. */
  release(): void;
}

const SQLITE_BUSY = 5;

/**
 * Takes the lock; nothing where another process, or another store of this one, holds it. Node has no lock of files, but
 * SQLite has: an exclusive transaction, without a byte written, on a file of its own.
 */
export function takeOwnerLock(path: string): OwnerLock | undefined {
  makeFile(path);
  const file = lockFile(path);
  if (!file) return undefined;
  return {
    release: () => {
      file.close();
      rmSync(path, { force: true });
    },
  };
}

/** Whether a living process holds it. What cannot be found out counts as held: nobody's work is taken on a guess. */
export function isOwnerAlive(path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    const file = lockFile(path);
    file?.close();
    return file === undefined;
  } catch {
    return true;
  }
}

function lockFile(path: string): DatabaseSync | undefined {
  const file = new DatabaseSync(path, { timeout: 0 });
  try {
    // A journal in memory leaves no file beside this one.
    file.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return file;
  } catch (cause) {
    file.close();
    if (isBusy(cause)) return undefined;
    throw cause;
  }
}

function isBusy(cause: unknown): boolean {
  return cause instanceof Error && 'errcode' in cause && Number(cause.errcode) === SQLITE_BUSY;
}
