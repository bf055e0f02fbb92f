/**
 * A process that asks for so many slots of a gauge at once, prints how many it got, and holds them until it is killed:
 * `hold-slots.ts PATH WANTED LIMIT`.
 */
import { openSqliteStore } from '../index.js';

const [path = '', wanted, limit] = process.argv.slice(2);
const after = (ms: number, run: () => void) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};
const store = openSqliteStore({ path });
const counters = store.counters({ clock: { now: () => Date.now(), monotonic: () => performance.now(), after } });
const claim = { scope: 'key:a', kind: 'gauge', name: 'concurrent', amount: 1, limit: Number(limit), windowMs: 0 } as const;
const ids = Array.from({ length: Number(wanted) }, (_, at) => `${process.pid}-${at}`);
const { signal } = new AbortController();
const results = await Promise.all(ids.map((id) => counters.reserve(id, [claim], signal)));
process.stdout.write(`${results.filter(({ ok }) => ok).length}\n`);
// What is not reachable any more is closed, and its lock is free.
setInterval(() => void counters.renew(ids), 1_000);
