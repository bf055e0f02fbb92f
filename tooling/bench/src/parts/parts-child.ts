import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Clock } from '@sluice/contract';
import { openSqliteStore } from '@sluice/store-sqlite';
import { createAdmissionWork } from './admission-part.js';
import { createAuthWork } from './auth-part.js';
import { measurePart } from './measure-part.js';

/** As many requests come in one turn of a gateway's event loop when it has much to do. */
const CONCURRENCY = 16;

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-parts-'));
const store = openSqliteStore({ path: join(folder, 'sluice.db') });
try {
  const auth = createAuthWork(store, clock);
  const admission = createAdmissionWork(store, clock);
  // One line in, the milliseconds to measure for, is one line out; the end of the input ends this.
  for await (const line of createInterface({ input: process.stdin })) {
    const pace = { durationMs: Number(line), concurrency: CONCURRENCY };
    const round = { auth: await measurePart(auth, pace), admission: await measurePart(admission.work, pace) };
    process.stdout.write(`${JSON.stringify(round)}\n`);
  }
  await admission.finish();
} finally {
  store.close();
  rmSync(folder, { recursive: true, force: true });
}
