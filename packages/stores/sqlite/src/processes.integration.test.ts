import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { appendWhenFree } from './__fixtures__/append-when-free.js';
import { keyRecord, ledgerIntent } from './__fixtures__/rows.js';
import { temporaryPath, temporaryStore } from './__fixtures__/temporary-store.js';

const FLAGS = ['--conditions=@sluice/source', '--import', 'tsx'];
const OPEN_ROWS = fileURLToPath(new URL('./__fixtures__/open-rows.ts', import.meta.url));
const HOLD_SLOTS = fileURLToPath(new URL('./__fixtures__/hold-slots.ts', import.meta.url));
const WITHOUT_THREADS = fileURLToPath(new URL('./__fixtures__/write-without-threads.ts', import.meta.url));
/** With a thread for the loader of TypeScript, until it is given up. */
const MAY_GIVE_UP = [
  '--permission',
  '--allow-fs-read=*',
  '--allow-fs-write=*',
  '--allow-worker',
  '--allow-child-process',
];
const CHILD = fileURLToPath(new URL('./__fixtures__/child.ts', import.meta.url));
const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url));

/** Runs the other process to its end and reads what it printed. Rejects with its stderr when it failed. */
async function runChild(path: string, command: string, id: string): Promise<{ keys: string[] }> {
  return (await runToEnd([CHILD, path, command, id])) as { keys: string[] };
}

async function runToEnd(args: readonly string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, ...args], { cwd: REPOSITORY });
  return JSON.parse(stdout);
}

/** A process that has printed its first line and lives on, and what that says. */
async function spawnUntilReady<T>(script: string, ...args: string[]): Promise<{ child: ChildProcess; printed: T }> {
  const child = spawn(process.execPath, [...FLAGS, script, ...args], {
    cwd: REPOSITORY,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let printed = '';
  for await (const text of child.stdout.setEncoding('utf8') as AsyncIterable<string>) {
    printed += text;
    if (printed.endsWith('\n')) break;
  }
  return { child, printed: JSON.parse(printed) as T };
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

describe('a process that is killed', () => {
  it('leaves to others all that it had open, however long, and nothing while it lives or is stopped', async () => {
    const path = temporaryPath();
    const { child, printed: ids } = await spawnUntilReady<string[]>(OPEN_ROWS, path);
    const { ledger } = temporaryStore({ path });
    const orphans = (): readonly string[] =>
      ledger
        .orphans(10_000)
        .map(({ id }) => id)
        .toSorted();
    expect([ids.length > 50, orphans()]).toEqual([true, []]);
    child.kill('SIGSTOP');
    expect(orphans()).toEqual([]);
    await kill(child);
    expect(orphans()).toEqual(ids.toSorted());
  });

  it('holds nothing of what is limited any more, and all of it while it lives or is stopped', async () => {
    const path = temporaryPath();
    const { child, printed } = await spawnUntilReady<number>(HOLD_SLOTS, path, '3', '1');
    expect(printed).toBe(1);
    const slot = { scope: 'key:a', kind: 'gauge', name: 'concurrent', amount: 1, limit: 1, windowMs: 0 } as const;
    const never = new AbortController().signal;
    // Each looks anew, and at once.
    const isFree = async (): Promise<boolean> => {
      const store = temporaryStore({ path });
      const { ok } = await store.counters({ clock: createManualClock(Date.now()) }).reserve('mine', [slot], never);
      store.close();
      return ok;
    };
    expect(await isFree()).toBe(false);
    child.kill('SIGSTOP');
    expect(await isFree()).toBe(false);
    await kill(child);
    expect(await isFree()).toBe(true);
  });
});

describe('a process that the system gives no thread', () => {
  it('counts and writes rows that would be worth one, and does its checkpoints itself', async () => {
    const path = temporaryPath();
    expect(await runToEnd([...MAY_GIVE_UP, WITHOUT_THREADS, path])).toEqual({ granted: 60, used: 0, rows: 60 });
  });
});

describe('a database held by several processes', () => {
  it('shows one process the key that another made', async () => {
    const path = temporaryPath();
    const { keys } = temporaryStore({ path });
    const before = keys.version();
    await runChild(path, 'insert-key', 'key_child');
    expect(keys.version()).toBeGreaterThan(before);
    expect(keys.find('key_child')?.hash).toBe('hash of key_child');
  });

  it('shows one process that another revoked a key', async () => {
    const path = temporaryPath();
    const { keys } = temporaryStore({ path });
    keys.insert(keyRecord({ id: 'key_a' }));
    const before = keys.version();
    await runChild(path, 'revoke-key', 'key_a');
    expect(keys.version()).toBeGreaterThan(before);
    expect(keys.find('key_a')?.revokedAtMs).toBe(1_700_000_009_000);
  });

  it('F60 holds up no process whose first row finds the database held', () => {
    const path = temporaryPath();
    const store = temporaryStore({ path });
    const other = new DatabaseSync(path);
    onTestFinished(() => other.close());
    other.exec('BEGIN IMMEDIATE');
    const rows = { intents: [ledgerIntent({ id: 'row-1' })], settlements: [] };
    const beganMs = performance.now();
    expect(() => store.ledger.append(rows)).toThrow(expect.objectContaining({ details: { retryAfterMs: 5 } }));
    expect(() => store.ledger.orphans(1)).toThrow(expect.objectContaining({ details: { retryAfterMs: 5 } }));
    expect(performance.now() - beganMs).toBeLessThan(2_000);
    other.exec('ROLLBACK');
    store.ledger.append(rows);
    expect(store.ledger.find('row-1')).toMatchObject({ id: 'row-1' });
  });

  it('keeps every row that two processes append at once', async () => {
    const path = temporaryPath();
    const { ledger } = temporaryStore({ path });
    const child = runChild(path, 'append', 'child');
    let running = true;
    void child.finally(() => (running = false)).catch(() => undefined);
    let own = 0;
    while (running) {
      await appendWhenFree(ledger, { intents: [ledgerIntent({ id: `own-${own}` })], settlements: [] });
      own += 1;
      // Whoever writes without a pause lets nobody else write.
      await sleep(1);
    }
    await child;
    expect(ledger.page({ limit: 1_000_000 }).rows).toHaveLength(own + 200);
  });

  it('lets exactly 50 of 200 simultaneous requests of two processes through where 50 are allowed', async () => {
    const path = temporaryPath();
    temporaryStore({ path });
    const both = await Promise.all([1, 2].map(() => spawnUntilReady<number>(HOLD_SLOTS, path, '100', '50')));
    expect(both.reduce((sum, { printed }) => sum + printed, 0)).toBe(50);
  });

  it('is made by whichever of several new processes comes first', async () => {
    const path = temporaryPath();
    await Promise.all(['key_a', 'key_b', 'key_c', 'key_d'].map((id) => runChild(path, 'insert-key', id)));
    expect(temporaryStore({ path }).keys.list()).toHaveLength(4);
  });
});
