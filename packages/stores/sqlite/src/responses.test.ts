import type { ResponseRecord } from '@sluice/contract';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryPath, temporaryStore } from './__fixtures__/temporary-store.js';

const RECORD: ResponseRecord = {
  id: 'resp_1',
  tenant: 'a',
  createdAtMs: 1_000,
  expiresAtMs: 2_000,
  provider: 'openai',
  input: [{ role: 'user', content: "it's zwölf" }],
  response: { id: 'resp_1', output: [] },
};

describe('stored answers in SQLite', () => {
  it('are given back whole, beyond the life of the store', () => {
    const path = temporaryPath();
    const first = temporaryStore({ path });
    first.responses.put(RECORD);
    first.close();
    expect(temporaryStore({ path }).responses.find('a', 'resp_1', 1_500)).toEqual(RECORD);
  });

  it('are found by their own tenant only', () => {
    const { responses } = temporaryStore();
    responses.put(RECORD);
    expect([responses.find('b', 'resp_1', 1_500), responses.delete('b', 'resp_1')]).toEqual([undefined, false]);
  });

  it('are gone when their time is over', () => {
    const { responses } = temporaryStore();
    responses.put(RECORD);
    expect(responses.find('a', 'resp_1', 2_000)).toBeUndefined();
  });

  it('are replaced by what has the same id', () => {
    const { responses } = temporaryStore();
    responses.put(RECORD);
    responses.put({ ...RECORD, provider: 'other' });
    expect(responses.find('a', 'resp_1', 1_500)?.provider).toBe('other');
  });

  it('can be deleted once', () => {
    const { responses } = temporaryStore();
    responses.put(RECORD);
    expect([responses.delete('a', 'resp_1'), responses.delete('a', 'resp_1')]).toEqual([true, false]);
  });

  it('are swept when they have expired, and not before', () => {
    const { responses } = temporaryStore();
    responses.put(RECORD);
    responses.put({ ...RECORD, id: 'resp_2', expiresAtMs: 3_000 });
    responses.sweep(2_000);
    expect([responses.find('a', 'resp_1', 0), responses.find('a', 'resp_2', 0)?.id]).toEqual([undefined, 'resp_2']);
  });
});

it('wait for no other process: whoever has them written asks again', () => {
  const path = temporaryPath();
  const { responses } = temporaryStore({ path });
  const other = new DatabaseSync(path);
  onTestFinished(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  const triesMs = Array.from({ length: 50 }, () => {
    const beganMs = performance.now();
    expect(() => responses.put(RECORD)).toThrow(expect.objectContaining({ details: { retryAfterMs: 5 } }));
    return performance.now() - beganMs;
  });
  // A wait is as long each time, however busy the machine is; the shortest of many tries has none.
  expect(Math.min(...triesMs)).toBeLessThan(1.5);
});
