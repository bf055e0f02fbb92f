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
process.stdout.write(JSON.stringify({ keys: store.keys.list().map((key) => key.id) }));
store.close();
