import { join } from 'node:path';
import { openSqliteStore } from '@sluice/store-sqlite';
import type { SqliteStore } from '@sluice/store-sqlite';
import { onTestFinished } from 'vitest';
import { temporaryDir } from './temporary-dir.js';

/** A database of the running test's own. */
export function temporaryStore(): SqliteStore {
  const store = openSqliteStore({ path: join(temporaryDir(), 'sluice.db') });
  onTestFinished(() => store.close());
  return store;
}
