import type { ResponseRecord } from '@sluice/contract';
import { openSqliteStore } from '@sluice/store-sqlite';
import { createManualClock } from '@sluice/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';
import { withPatience } from './patient-store.js';

const record = (id: string, text: string): ResponseRecord => ({
  ...{ id, tenant: 't', createdAtMs: 0, expiresAtMs: 9_999, provider: 'up', input: [] },
  response: { text },
});

/** A store, and another connection to it that holds it. */
function open(clock = createManualClock(0)) {
  const path = `${temporaryDir()}/sluice.db`;
  const errors: unknown[] = [];
  const own = openSqliteStore({ path, asksAgain: true });
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const other = new DatabaseSync(path);
  onTestFinished(() => {
    other.close();
    own.close();
  });
  const pass = async (ms: number): Promise<void> => {
    for (let at = 0; at < ms; at += 5) {
      clock.advance(5);
      await new Promise(setImmediate);
    }
  };
  const store = withPatience(own, { clock, onError: (cause) => errors.push(cause) });
  return { path, store, own, other, pass, errors };
}

it('finds a response that waits to be written, the newest of it, and writes that when the database is free', async () => {
  const { store, own, other, pass, errors } = open();
  other.exec('BEGIN IMMEDIATE');
  store.responses.put(record('a', 'first'));
  store.responses.put(record('a', 'last'));
  await pass(50);
  expect(own.responses.find('t', 'a', 0)).toBeUndefined();
  expect(store.responses.find('t', 'a', 0)?.response).toEqual({ text: 'last' });
  expect([store.responses.find('other', 'a', 0), store.responses.find('t', 'a', 9_999)]).toEqual([
    undefined,
    undefined,
  ]);
  other.exec('ROLLBACK');
  await pass(5);
  expect(own.responses.find('t', 'a', 0)?.response).toEqual({ text: 'last' });
  expect(errors).toEqual([]);
});

it('gives a response up after two seconds, and says so', async () => {
  const { store, own, other, pass, errors } = open();
  other.exec('BEGIN IMMEDIATE');
  store.responses.put(record('a', 'first'));
  await pass(2_100);
  expect([store.responses.find('t', 'a', 0), errors]).toEqual([
    undefined,
    [expect.objectContaining({ code: 'storage_unavailable' })],
  ]);
  other.exec('ROLLBACK');
  store.responses.put(record('a', 'again'));
  expect(own.responses.find('t', 'a', 0)?.response).toEqual({ text: 'again' });
});

it('leaves no response that was deleted while it waited', async () => {
  const { store, own, other, pass } = open();
  other.exec('BEGIN IMMEDIATE');
  store.responses.put(record('a', 'first'));
  expect(() => store.responses.delete('t', 'a')).toThrow(expect.objectContaining({ code: 'storage_unavailable' }));
  other.exec('ROLLBACK');
  expect(store.responses.delete('t', 'a')).toBe(true);
  await pass(20);
  expect([own.responses.find('t', 'a', 0), store.responses.delete('t', 'a')]).toEqual([undefined, false]);
});

it('tries for all responses that wait together, once in each moment', async () => {
  const { store, own, other, pass } = open();
  let tries = 0;
  const { put } = own.responses;
  own.responses.put = (one) => {
    tries += 1;
    put(one);
  };
  const ids = Array.from({ length: 50 }, (_, at) => `r${at}`);
  other.exec('BEGIN IMMEDIATE');
  for (const id of ids) store.responses.put(record(id, id));
  await pass(50);
  expect(tries).toBeLessThanOrEqual(12);
  other.exec('ROLLBACK');
  await pass(5);
  expect(ids.filter((id) => !own.responses.find('t', id, 0))).toEqual([]);
});

it('has written what waits when it is closed', () => {
  const { path, store, other, errors } = open();
  other.exec('BEGIN IMMEDIATE');
  store.responses.put(record('a', 'first'));
  store.responses.put(record('b', 'second'));
  other.exec('ROLLBACK');
  store.close();
  const again = openSqliteStore({ path });
  onTestFinished(() => again.close());
  expect(['a', 'b'].map((id) => again.responses.find('t', id, 0)?.response)).toEqual([
    { text: 'first' },
    { text: 'second' },
  ]);
  expect(errors).toEqual([]);
});

it('waits with the event loop for a database that is held when it is closed, and says what it could not write', () => {
  let nowMs = 0;
  // Time passes as it is looked at.
  const { store, other, errors } = open({ ...createManualClock(0), monotonic: () => (nowMs += 100) });
  other.exec('BEGIN IMMEDIATE');
  store.responses.put(record('a', 'first'));
  store.close();
  expect(errors).toEqual([expect.objectContaining({ code: 'storage_unavailable' })]);
});
