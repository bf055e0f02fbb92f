import { existsSync, statSync, truncateSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { ledgerIntent, ledgerSettlement } from './__fixtures__/rows.js';
import { temporaryPath, temporaryStore } from './__fixtures__/temporary-store.js';
import { Checkpointer } from './checkpointer.js';
import type { SqliteStore } from './index.js';

const PAGE_BYTES = 4_096;
/** What the log of SQLite's own checkpoints comes to. */
const AUTOMATIC_BYTES = 1_100 * PAGE_BYTES;

/** Rows of a busy gateway, a few in each transaction. Fresh ids each time. */
function write({ ledger }: SqliteStore, name: string, rows: number): void {
  for (let row = 0; row < rows; row += 4) {
    const ids = [0, 1, 2, 3].map((one) => `${name}-${String(row + one).padStart(9, '0')}`);
    ledger.append({ intents: ids.map((id) => ledgerIntent({ id })), settlements: [] });
    ledger.append({ intents: [], settlements: ids.map((id) => ledgerSettlement({ id })) });
  }
}

const logBytes = (path: string): number => statSync(`${path}-wal`).size;

/** Of the log, and those of them that are in the database. */
function pages(path: string): Record<'log' | 'checkpointed', number> {
  const database = new DatabaseSync(path);
  try {
    return database.prepare('PRAGMA wal_checkpoint(NOOP)').get() as Record<'log' | 'checkpointed', number>;
  } finally {
    database.close();
  }
}

/** Writes until the log is longer than commits would let it become. */
async function untilThreaded(store: SqliteStore, path: string): Promise<void> {
  await expect
    .poll(
      () => {
        write(store, `b-${performance.now()}`, 400);
        return logBytes(path);
      },
      { timeout: 20_000, interval: 20 },
    )
    .toBeGreaterThan(2 * AUTOMATIC_BYTES);
}

it('commits of a busy database do no checkpoints: a thread does them', async () => {
  const path = temporaryPath();
  await untilThreaded(temporaryStore({ path }), path);
  const pending = (): number => pages(path).log - pages(path).checkpointed;
  await expect.poll(pending).toBe(0);
});

it('the log begins anew although writers never rest', async () => {
  const path = temporaryPath();
  const store = temporaryStore({ path });
  write(store, 'a', 1_000);
  const grown = 10_000 * PAGE_BYTES;
  for (let turn = 0; logBytes(path) < grown; turn += 1) {
    write(store, `b-${turn}`, 2_000);
    await sleep(10);
  }
  await expect
    .poll(
      () => {
        write(store, `c-${performance.now()}`, 4);
        return pages(path).log;
      },
      { timeout: 20_000, interval: 5 },
    )
    .toBeLessThan(1_000);
});

it('a close ends the thread first, and leaves no log behind', async () => {
  const path = temporaryPath();
  const store = temporaryStore({ path });
  await untilThreaded(store, path);
  store.close();
  expect(existsSync(`${path}-wal`)).toBe(false);
  expect(temporaryStore({ path }).ledger.page({ limit: 1 }).rows).toHaveLength(1);
});

it('where the thread cannot start, commits go on doing the checkpoints', async () => {
  const path = temporaryPath();
  temporaryStore({ path });
  const database = new DatabaseSync(path);
  onTestFinished(() => database.close());
  const ended = Promise.withResolvers<void>();
  process.once('worker', (thread) => thread.once('exit', () => ended.resolve()));
  const checkpointer = new Checkpointer([database], `${path}-missing`);
  checkpointer.count(1_000);
  await ended.promise;
  expect(database.prepare('PRAGMA wal_autocheckpoint').get()).toEqual({ wal_autocheckpoint: 1_000 });
  expect(existsSync(`${path}-missing`)).toBe(false);
  checkpointer.stop();
});

it('a log in which nothing is written any more is cut to nothing after sixty looks, and no sooner', async () => {
  const path = temporaryPath();
  const store = temporaryStore({ path });
  write(store, 'few', 40);
  const looks = new DatabaseSync(path);
  onTestFinished(() => looks.close());
  const checkpointer = new Checkpointer([looks], path, 10);
  onTestFinished(() => checkpointer.stop());
  const begun = performance.now();
  checkpointer.count(1_000);
  await expect.poll(() => logBytes(path), { timeout: 20_000, interval: 5 }).toBe(0);
  expect(performance.now() - begun).toBeGreaterThan(59 * 10);
  expect(store.ledger.page({ limit: 100 }).rows).toHaveLength(40);
});

it('F60 a log that is cut is not copied into the database by the thread', async () => {
  const path = temporaryPath();
  const store = temporaryStore({ path });
  await untilThreaded(store, path);
  const isCopied = (): boolean => pages(path).log === pages(path).checkpointed;
  await expect.poll(isCopied).toBe(true);
  write(store, 'last', 4);
  // Opened before: it may be the schema that is cut off.
  const beside = new DatabaseSync(path);
  onTestFinished(() => beside.close());
  const looking = beside.prepare('PRAGMA wal_checkpoint(NOOP)');
  looking.get();
  truncateSync(`${path}-wal`);
  const before = looking.get();
  // Longer than between two looks of the thread.
  await sleep(1_300);
  expect(looking.get()).toEqual(before);
  expect(store.checkLog()).toBe('cut');
});
