import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { keyRecord, ledgerIntent } from './__fixtures__/rows.js';
import { temporaryPath, temporaryStore } from './__fixtures__/temporary-store.js';

const CHILD = fileURLToPath(new URL('./__fixtures__/child.ts', import.meta.url));
const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url));

/** Runs the other process to its end and reads what it printed. Rejects with its stderr when it failed. */
async function runChild(path: string, command: string, id: string): Promise<{ keys: string[] }> {
  const flags = ['--conditions=@sluice/source', '--import', 'tsx'];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, CHILD, path, command, id], {
    cwd: REPOSITORY,
  });
  return JSON.parse(stdout) as { keys: string[] };
}

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

  it('keeps every row that two processes append at once', async () => {
    const path = temporaryPath();
    const { ledger } = temporaryStore({ path });
    const child = runChild(path, 'append', 'child');
    let running = true;
    void child.finally(() => (running = false)).catch(() => undefined);
    let own = 0;
    while (running) {
      ledger.append({ intents: [ledgerIntent({ id: `own-${own}` })], settlements: [] });
      own += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await child;
    expect(ledger.page({ limit: 1_000_000 }).rows).toHaveLength(own + 200);
  });

  it('is made by whichever of several new processes comes first', async () => {
    const path = temporaryPath();
    await Promise.all(['key_a', 'key_b', 'key_c', 'key_d'].map((id) => runChild(path, 'insert-key', id)));
    expect(temporaryStore({ path }).keys.list()).toHaveLength(4);
  });
});
