/**
 * A process that appends rows for ten minutes of its own time, settles nine of ten, prints the ids of those that it left
 * open, and waits to be killed: `open-rows.ts PATH`. Now and then an id is much older than the one before it.
 */
import { openSqliteStore } from '../index.js';
import { ledgerIntent, ledgerSettlement } from './rows.js';

const [path = ''] = process.argv.slice(2);
const store = openSqliteStore({ path });
const { ledger } = store;
const open: string[] = [];
const settling: string[] = [];
for (let second = 0; second < 600; second += 1) {
  const at = second % 7 === 3 ? second - 40 : second;
  const id = `row-${String(1_000 + at).padStart(6, '0')}-${second}`;
  ledger.append({ intents: [ledgerIntent({ id, startedAtMs: 1_700_000_000_000 + second * 1_000 })], settlements: [] });
  (second % 10 === 0 ? open : settling).push(id);
  const settled = settling.length > 15 ? settling.splice(0, 5) : [];
  ledger.append({ intents: [], settlements: settled.map((each) => ledgerSettlement({ id: each })) });
}
process.stdout.write(`${JSON.stringify([...open, ...settling])}\n`);
// A store that nobody can reach is collected, and its lock is free.
setInterval(() => store, 1_000);
