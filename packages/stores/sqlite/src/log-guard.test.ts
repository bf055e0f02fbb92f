import { copyFileSync, rmSync, truncateSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { ledgerIntent } from './__fixtures__/rows.js';
import { temporaryPath, temporaryStore } from './__fixtures__/temporary-store.js';
import type { SqliteStore } from './index.js';
import { canCountFrames } from './write-ahead-log.js';

function write({ ledger }: SqliteStore, ...ids: readonly string[]): void {
  for (const id of ids) ledger.append({ intents: [ledgerIntent({ id })], settlements: [] });
}

/** What the next start would find that has the database without its log. */
function alone(path: string): { readonly isWhole: boolean; readonly rows: number } {
  const copy = `${path}-alone`;
  copyFileSync(path, copy);
  const database = new DatabaseSync(copy);
  try {
    const { integrity_check: check } = database.prepare('PRAGMA integrity_check').get() as { integrity_check: string };
    const rows = database.prepare('SELECT count(*) AS rows FROM ledger_intents').get()?.['rows'];
    return { isWhole: check === 'ok', rows: Number(rows) };
  } finally {
    database.close();
  }
}

/** A database with one row, all of which is in its file, opened again. */
function open(): { readonly path: string; readonly store: SqliteStore } {
  const path = temporaryPath();
  const store = temporaryStore({ path });
  write(store, 'r0');
  store.close();
  return { path, store: temporaryStore({ path }) };
}

it('finds nothing wrong with a log that grows, and one that is emptied as it should be', () => {
  const { path, store } = open();
  expect(store.checkLog()).toBeUndefined();
  write(store, 'r1', 'r2');
  expect(store.checkLog()).toBeUndefined();
  const other = new DatabaseSync(path);
  other.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  expect(store.checkLog()).toBeUndefined();
  write(store, 'r3');
  expect(store.checkLog()).toBeUndefined();
  other.close();
});

it('F60 looks also while somebody reads the audit log row by row', async () => {
  const { path, store } = open();
  const seal = { row: ({ seq }: { seq: number }) => `${seq}`, head: () => 'mac' };
  const entry = { atMs: 1, actor: 'a', actorName: 'a', role: 'owner', tenant: 't', action: 'createKey', object: 'k' };
  for (let row = 0; row < 3; row += 1) await store.audit.record(() => ({ result: undefined, entry }), seal);
  const found: unknown[] = [];
  for await (const { seq } of store.audit.all(3)) {
    if (seq === 2) rmSync(`${path}-wal`);
    found.push(store.checkLog());
  }
  expect(found).toEqual([undefined, 'deleted', 'deleted']);
});

it('F60 puts what was in a log that is deleted, and what is written after it, into the database', () => {
  const { path, store } = open();
  write(store, 'r1', 'r2');
  rmSync(`${path}-wal`);
  expect([alone(path).rows, store.checkLog(), alone(path)]).toEqual([1, 'deleted', { isWhole: true, rows: 3 }]);
  write(store, 'r3');
  expect([store.checkLog(), alone(path)]).toEqual(['deleted', { isWhole: true, rows: 4 }]);
});

it('F60 takes another log in the place of its own for one that was deleted', () => {
  const { path, store } = open();
  write(store, 'r1');
  copyFileSync(`${path}-wal`, `${path}-wal-copy`);
  rmSync(`${path}-wal`);
  copyFileSync(`${path}-wal-copy`, `${path}-wal`);
  expect(store.checkLog()).toBe('deleted');
});

it('F60 writes nothing of a log that is cut over the database, also when it is closed', () => {
  const { path, store } = open();
  write(store, 'r1', 'r2', 'r3');
  truncateSync(`${path}-wal`);
  expect(store.checkLog()).toBe('cut');
  store.close();
  expect(() => write(store, 'r4')).toThrow(expect.objectContaining({ code: 'storage_unavailable' }));
  expect(alone(path)).toEqual({ isWhole: true, rows: 1 });
});

it.each([
  ['3.50.4', false],
  ['3.51.0', true],
  ['3.53.4', true],
  ['4.0.0', true],
])('SQLite %s says how long its log is: %s', (version, expected) => {
  const prepare = (): unknown => ({ get: () => ({ version }) });
  expect(canCountFrames({ prepare } as unknown as DatabaseSync)).toBe(expected);
});
