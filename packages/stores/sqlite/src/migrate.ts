import type { DatabaseSync } from 'node:sqlite';
import { MIGRATIONS } from './migrations.js';
import { transact } from './transact.js';

/**
 * Brings the schema to the newest step, all steps in one transaction. Throws, and changes nothing, when the file was
 * written by a newer release. Several processes may do it at once: the first does the work.
 */
export function migrate(database: DatabaseSync, steps: readonly string[] = MIGRATIONS): void {
  if (readVersion(database) === steps.length) return;
  transact(database, () => {
    const version = readVersion(database);
    if (version > steps.length) {
      throw new Error(`its schema is version ${version}, newer than this release knows (${steps.length})`);
    }
    for (const step of steps.slice(version)) database.exec(step);
    database.exec(`PRAGMA user_version = ${steps.length}`);
  });
}

function readVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
}
