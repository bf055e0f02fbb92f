import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openSqliteStore } from './open-store.js';

function open() {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-sessions-'));
  const store = openSqliteStore({ path: join(folder, 'sluice.db') });
  onTestFinished(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return store;
}
const session = (hash: string, expiresAtMs: number) => ({
  hash,
  createdAtMs: 1,
  expiresAtMs,
  subject: { kind: 'key' },
});

it('finds a session until it ends, by its time or by somebody', async () => {
  const { sessions } = open();
  await sessions.insert(session('a', 10), 9);
  expect([await sessions.find('a', 9), await sessions.find('a', 10), await sessions.find('b', 1)]).toEqual([
    session('a', 10),
    undefined,
    undefined,
  ]);
  expect([await sessions.remove('a'), await sessions.remove('a'), await sessions.find('a', 1)]).toEqual([
    true,
    false,
    undefined,
  ]);
});

it('forgets what has ended', async () => {
  const { sessions } = open();
  await sessions.insert(session('a', 10), 9);
  await sessions.insert(session('b', 20), 9);
  await sessions.sweep(10);
  expect([await sessions.find('a', 1), await sessions.find('b', 1)]).toEqual([undefined, session('b', 20)]);
});

it('keeps the newest of one subject', async () => {
  const { sessions } = open();
  const other = { ...session('z', 99), createdAtMs: 0, subject: { kind: 'other' } };
  await sessions.insert(other, 2);
  for (const [at, hash] of ['c', 'b', 'a'].entries()) {
    await sessions.insert({ ...session(hash, 99), createdAtMs: at }, 2);
  }
  const found = await Promise.all(['z', 'c', 'b', 'a'].map((hash) => sessions.find(hash, 1)));
  expect(found.map((record) => record?.hash)).toEqual(['z', undefined, 'b', 'a']);
});

it('says that the store is unavailable once it is closed', async () => {
  const store = open();
  store.close();
  await expect(store.sessions.find('a', 1)).rejects.toMatchObject({ code: 'storage_unavailable' });
});
