import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyRecord } from './__fixtures__/rows.js';
import { temporaryPath, temporaryStore } from './__fixtures__/temporary-store.js';
import { openSqliteStore } from './index.js';

const modeOf = (path: string): number => statSync(path).mode & 0o777;

function writeFile(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

describe('opening the SQLite store', () => {
  it('makes a directory and files that only their owner can read', () => {
    const path = temporaryPath();
    temporaryStore({ path }).keys.insert(keyRecord());
    const modes = [dirname(path), path, `${path}-wal`, `${path}-shm`].map(modeOf);
    expect(modes).toEqual([0o700, 0o600, 0o600, 0o600]);
  });

  it('takes the rights of others from a file that was readable for them', () => {
    const path = temporaryPath();
    writeFile(path, '');
    temporaryStore({ path });
    expect(modeOf(path)).toBe(0o600);
  });

  it('refuses a file that is not a database, and names it', () => {
    const path = temporaryPath();
    writeFile(path, 'providers: {}\n'.repeat(500));
    expect(() => openSqliteStore({ path })).toThrow(`${path} cannot be opened: it is not an SQLite database`);
  });

  it('refuses a database whose pages are damaged', () => {
    const path = temporaryPath();
    temporaryStore({ path }).close();
    const file = readFileSync(path);
    writeFileSync(path, file.fill(0xff, 100, 500));
    expect(() => openSqliteStore({ path })).toThrow(/it is damaged; restore a backup/);
  });

  it('refuses a directory in place of the file', () => {
    const path = temporaryPath();
    mkdirSync(path, { recursive: true });
    expect(() => openSqliteStore({ path })).toThrow(/cannot be opened: it is not a file/);
  });

  it('can be closed twice', () => {
    const store = temporaryStore();
    store.close();
    expect(() => store.close()).not.toThrow();
  });
});
