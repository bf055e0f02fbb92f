/**
 * A thread that reads sums from a database that others write to. It runs as it is, from source and built: it may import
 * nothing but Node's own modules.
 */
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { SpendTask, SpendReply } from './spend-thread.js';

const { path, sql, parameters } = workerData as SpendTask;

const ROWS_AT_ONCE = 256;
const BUSY_MS = 5_000;

function say(reply: SpendReply): void {
  parentPort?.postMessage(reply);
}

/**
 * What is read is set aside before any of it is handed out: however slow its reader is, the log of the writers is held
 * back no longer than the reading takes.
 */
function setAside(database: DatabaseSync): void {
  database.prepare(`CREATE TEMP TABLE result AS ${sql}`).run(...parameters);
}

function run(): void {
  const url = pathToFileURL(path);
  url.searchParams.set('mode', 'ro');
  const database = new DatabaseSync(url, { timeout: BUSY_MS });
  setAside(database);
  const rows = database.prepare('SELECT * FROM temp.result ORDER BY rowid').iterate();
  parentPort?.on('message', () => {
    const batch: SpendReply['rows'] = [];
    while (batch.length < ROWS_AT_ONCE) {
      const { done, value } = rows.next();
      if (done) break;
      batch.push({ ...value } as (typeof batch)[number]);
    }
    say({ rows: batch });
  });
}

try {
  run();
} catch (error) {
  const { errcode, message } = error as { errcode?: number; message: string };
  say({ rows: [], failure: { ...(errcode === undefined ? {} : { errcode }), message } });
}
