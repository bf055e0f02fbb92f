/** A process that may start no thread, as where the system has none left to give: `write-without-threads.ts PATH`. Prints what became of its requests. */
import type { Clock } from '@sluice/contract';
import { openSqliteStore } from '../index.js';
import { SPENDING, never } from './claims.js';
import { ledgerIntent, ledgerSettlement } from './rows.js';

/** With their settlements, more rows than are worth a thread. */
const REQUESTS = 60;
const clock: Clock = { now: () => Date.now(), monotonic: () => performance.now(), after: () => () => undefined };

(process as unknown as { permission: { drop(scope: string): void } }).permission.drop('worker');
const store = openSqliteStore({ path: process.argv[2] as string });
const counters = store.counters({ clock });
const ids = Array.from({ length: REQUESTS }, (_, at) => `r${at}`);
const claims = [{ ...SPENDING, amount: 1, limit: REQUESTS }];
const asked = await Promise.all(ids.map((id) => counters.reserveAndOpen(ledgerIntent({ id }), claims, never)));
await Promise.all(ids.map((id) => counters.settle(id, { spend: 0 })));
store.ledger.append({ intents: [], settlements: ids.map((id) => ledgerSettlement({ id })) });
const [counted] = counters.list(SPENDING);
const { rows } = store.ledger.page({ limit: 2 * REQUESTS });
process.stdout.write(
  JSON.stringify({ granted: asked.filter(({ ok }) => ok).length, used: counted?.used, rows: rows.length }),
);
store.close();
