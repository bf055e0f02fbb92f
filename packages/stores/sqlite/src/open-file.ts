import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { failureReason } from './failure.js';
import { makeFile } from './make-file.js';

/**
 * Opens the database, which is made where it is missing, and prepares it. Throws one error that names the file and what is
 * wrong with it; the file is then closed.
 */
export function openFile<T>(path: string, busyTimeoutMs: number, prepare: (database: DatabaseSync) => T): T {
  let database: DatabaseSync | undefined;
  try {
    makePrivateFile(path);
    database = new DatabaseSync(path, { timeout: busyTimeoutMs });
    return prepare(database);
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
