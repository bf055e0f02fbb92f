/**
 * Another process on the same database: `child.ts PATH COMMAND ID`. Prints what it saw and ends by itself.
 * It stands for the CLI beside a running gateway.
 */
import { openSqliteStore } from '../index.js';
import { appendWhenFree } from './append-when-free.js';
import { keyRecord, ledgerIntent } from './rows.js';

const [path = '', command = '', id = ''] = process.argv.slice(2);
const store = openSqliteStore({ path });
if (command === 'insert-key') store.keys.insert(keyRecord({ id, hash: `hash of ${id}` }));
if (command === 'revoke-key') store.keys.revoke(id, 1_700_000_009_000);
if (command === 'append') {
  for (let row = 0; row < 200; row += 1) {
    await appendWhenFree(store.ledger, { intents: [ledgerIntent({ id: `${id}-${row}` })], settlements: [] });
  }
}
let admitted = 0;
if (command === 'reserve') {
  const after = (ms: number, run: () => void) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  };
  const counters = store.counters({ clock: { now: () => Date.now(), monotonic: () => performance.now(), after } });
  const claim = { scope: 'key:a', kind: 'window', name: 'requests', amount: 1, limit: 50, windowMs: 60_000 } as const;
  const { signal } = new AbortController();
  const results = await Promise.all(Array.from({ length: 100 }, (_, at) => counters.reserve(`${id}-${at}`, [claim], signal)));
  admitted = results.filter(({ ok }) => ok).length;
}
process.stdout.write(JSON.stringify({ keys: store.keys.list().map((key) => key.id), admitted }));
store.close();
