/**
 * A thread that does the checkpoints of a database, with the waiting for the disk that they bring. It runs as it is, from
 * source and built: it may import nothing but Node's own modules.
 */
import { DatabaseSync } from 'node:sqlite';
import { statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { CheckpointTask } from './checkpointer.js';

const { path, canCountFrames, stop, ended, everyMs } = workerData as CheckpointTask;

/** Pages of a log that is to begin anew. While there are writers all the time it would not do so by itself. */
const MAX_PAGES = 8_192;
/** Writers wait for the disk while the log is made to begin anew: where that takes longer, it grows on, up to so many pages. */
const CALM_MS = 30;
const MOST_PAGES = 262_144;
/** Without a write for so many looks, the log's file is cut to nothing. Who writes again sooner has its blocks yet: new ones are dear. */
const IDLE_LOOKS = 60;

/** Makes no database anew where its owner has closed it, and taken it away, before this thread began. */
function openExisting(): DatabaseSync {
  const url = pathToFileURL(path);
  url.searchParams.set('mode', 'rw');
  // Never waits for a lock: there is a next time.
  return new DatabaseSync(url, { timeout: 0 });
}

/** Whether the log has less than was written to it: copied into the database, that would be holes. */
function createCutCheck(database: DatabaseSync): () => boolean {
  if (!canCountFrames) return () => false;
  const frames = database.prepare('PRAGMA wal_checkpoint(NOOP)');
  const pageBytes = Number(database.prepare('PRAGMA page_size').get()?.['page_size']);
  return () => {
    const log = Number(frames.get()?.['log']);
    const file = statSync(`${path}-wal`, { throwIfNoEntry: false });
    // Where it is deleted, this thread has it still; where it is being emptied, there is a next time.
    return file !== undefined && log > 0 && file.size < log * pageBytes;
  };
}

function createLook(database: DatabaseSync): () => void {
  const isCut = createCutCheck(database);
  database.exec('PRAGMA synchronous = NORMAL');
  const version = database.prepare('PRAGMA data_version');
  const passive = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  const restart = database.prepare('PRAGMA wal_checkpoint(RESTART)');
  const truncate = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)');
  let seen: unknown;
  let idleLooks = 0;
  return () => {
    // Changes with every commit of another connection.
    const current = version.get()?.['data_version'];
    idleLooks = current === seen ? idleLooks + 1 : 0;
    seen = current;
    if (isCut()) return;
    if (idleLooks === IDLE_LOOKS) truncate.get();
    const pages = Number(passive.get()?.['log']);
    if (idleLooks > 0 || pages < MAX_PAGES) return;
    // Writers wait for a restart. After another pass there is next to nothing left for it to do but what that took as well.
    if (timeOf(() => passive.get()) < CALM_MS || pages >= MOST_PAGES) restart.get();
  };
}

function timeOf(work: () => void): number {
  // eslint-disable-next-line no-restricted-properties -- a thread is given data, and no clock
  const now = (): number => performance.now();
  const beganMs = now();
  work();
  return now() - beganMs;
}

function run(): void {
  const database = openExisting();
  try {
    const look = createLook(database);
    parentPort?.postMessage('ready');
    while (Atomics.wait(stop, 0, 0, everyMs) === 'timed-out') look();
  } finally {
    database.close();
    Atomics.store(ended, 0, 1);
    Atomics.notify(ended, 0);
  }
}

run();
