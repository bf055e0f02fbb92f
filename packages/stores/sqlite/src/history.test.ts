import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openSqliteStore } from './open-store.js';

function open() {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-history-'));
  const store = openSqliteStore({ path: join(folder, 'sluice.db') });
  onTestFinished(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return store;
}

it('keeps what was said first under an id, until its time', () => {
  const { history } = open();
  history.append([{ id: 'a', expiresAtMs: 10, sealed: 'one' }]);
  history.append([
    { id: 'a', expiresAtMs: 99, sealed: 'two' },
    { id: 'b', expiresAtMs: 20, sealed: 'three' },
  ]);
  expect([history.find('a', 9), history.find('a', 10), history.find('b', 10)]).toEqual(['one', undefined, 'three']);
});

it('forgets what has expired, a bounded number at once', () => {
  const { history } = open();
  history.append(Array.from({ length: 150 }, (_, at) => ({ id: `${at}`, expiresAtMs: 10, sealed: 's' })));
  history.append([{ id: 'later', expiresAtMs: 11, sealed: 's' }]);
  expect([history.sweep(10), history.sweep(10), history.sweep(10)]).toEqual([100, 50, 0]);
  expect([history.find('0', 0), history.find('later', 0)]).toEqual([undefined, 's']);
});

it('says that the store is unavailable once it is closed', () => {
  const store = open();
  store.close();
  expect(() => store.history.find('a', 1)).toThrow(expect.objectContaining({ code: 'storage_unavailable' }));
});
