import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openSqliteStore } from '../index.js';
import type { SqliteStore, SqliteStoreOptions } from '../index.js';

/** A path in a new directory that goes away with the test. */
export function temporaryPath(): string {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-sqlite-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, 'state', 'sluice.db');
}

/** A store that is closed with the test. */
export function temporaryStore(options: Partial<SqliteStoreOptions> = {}): SqliteStore {
  const store = openSqliteStore({ path: temporaryPath(), ...options });
  onTestFinished(() => store.close());
  return store;
}
