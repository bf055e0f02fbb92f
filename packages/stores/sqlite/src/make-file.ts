import { closeSync, openSync } from 'node:fs';

/**
 * Makes an empty file that only its owner can read; one that is there is left as it is, unopened: a process that closes a
 * file loses the locks that SQLite holds on it elsewhere in the process. https://sqlite.org/howtocorrupt.html section 2.2
 */
export function makeFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
  }
}
