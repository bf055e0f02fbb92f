import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isGatewayError } from '@sluice/contract';
import type { LedgerRepository } from '@sluice/contract';
import { ledgerIntent, ledgerSettlement } from './__fixtures__/rows.js';
import { temporaryPath, temporaryStore } from './__fixtures__/temporary-store.js';

function errorOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Rows `row-0` to `row-(count - 1)`, one a second. */
function fill(ledger: LedgerRepository, count: number): void {
  const intents = Array.from({ length: count }, (_, n) =>
    ledgerIntent({ id: `row-${n}`, startedAtMs: 1_700_000_000_000 + n * 1_000 }),
  );
  ledger.append({ intents, settlements: [] });
}

/** A connection that holds the write lock until the test ends. */
function lockDatabase(path: string): DatabaseSync {
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  onTestFinished(() => other.close());
  return other;
}

describe('the ledger in SQLite', () => {
  it('gives back an intent with its settlement', () => {
    const { ledger } = temporaryStore();
    const whose = { keyName: '=1+1', team: 'search', user: 'user_1', endUser: 'Ann', tags: ['eu', '"batch"'] };
    const intent = ledgerIntent({ clientRequestId: 'mine', stream: true, ...whose });
    const settlement = ledgerSettlement({
      errorCode: 'upstream_timeout',
      provider: 'openai',
      model: 'gpt-5-mini',
      costMicroUsd: 1_234,
      cache: 'miss',
      firstTokenMs: 80.5,
    });
    ledger.append({ intents: [intent], settlements: [settlement] });
    expect(ledger.find('row-1')).toStrictEqual({ ...intent, settlement });
  });

  it('shows a running request without a settlement', () => {
    const { ledger } = temporaryStore();
    ledger.append({ intents: [ledgerIntent()], settlements: [] });
    expect(ledger.find('row-1')).toStrictEqual(ledgerIntent());
  });

  it('finds nothing under an unknown id', () => {
    expect(temporaryStore().ledger.find('row-1')).toBeUndefined();
  });

  it('ignores a second intent and a second settlement of the same id', () => {
    const { ledger } = temporaryStore();
    ledger.append({ intents: [ledgerIntent()], settlements: [ledgerSettlement()] });
    ledger.append({ intents: [ledgerIntent({ route: 'other' })], settlements: [ledgerSettlement({ status: 500 })] });
    expect(ledger.find('row-1')).toStrictEqual({ ...ledgerIntent(), settlement: ledgerSettlement() });
  });

  it.each([1, 7, 8, 9, 16, 19])('writes a batch of %i rows whole, and passes over those that are there', (count) => {
    const { ledger } = temporaryStore();
    fill(ledger, 5);
    fill(ledger, count);
    const ids = Array.from({ length: count }, (_, n) => `row-${n}`);
    const settlements = [...ids, 'row-0'].map((id, n) => ledgerSettlement({ id, inputTokens: n }));
    ledger.append({ intents: [], settlements });
    const inputs = ids.map((id) => ledger.find(id)).map((row) => [row?.startedAtMs, row?.settlement?.inputTokens]);
    expect(inputs).toEqual(ids.map((_, n) => [1_700_000_000_000 + n * 1_000, n]));
  });

  it('writes 0 for a measure that is not a number, and the rest of the batch with it', () => {
    const { ledger } = temporaryStore();
    const settlements = [ledgerSettlement({ inputTokens: Number.NaN }), ledgerSettlement({ id: 'row-2' })];
    ledger.append({ intents: [ledgerIntent(), ledgerIntent({ id: 'row-2' })], settlements });
    expect(ledger.find('row-1')?.settlement?.inputTokens).toBe(0);
    expect(ledger.find('row-2')?.settlement).toBeDefined();
  });

  it('writes nothing of a batch that fails in the middle', () => {
    const { ledger } = temporaryStore();
    const broken = { ...ledgerIntent({ id: 'row-2' }), route: {} as string };
    const error = errorOf(() => ledger.append({ intents: [ledgerIntent(), broken], settlements: [] }));
    expect(isGatewayError(error, 'storage_unavailable')).toBe(true);
    expect(ledger.find('row-1')).toBeUndefined();
  });

  it('works on after a batch that failed', () => {
    const { ledger } = temporaryStore();
    errorOf(() => ledger.append({ intents: [{ ...ledgerIntent(), route: {} as string }], settlements: [] }));
    ledger.append({ intents: [ledgerIntent()], settlements: [] });
    expect(ledger.find('row-1')).toBeDefined();
  });

  it('says that another process holds the lock', () => {
    const path = temporaryPath();
    const { ledger } = temporaryStore({ path, busyTimeoutMs: 1 });
    lockDatabase(path);
    const error = errorOf(() => ledger.append({ intents: [ledgerIntent()], settlements: [] }));
    expect(isGatewayError(error, 'storage_unavailable') && error.message).toMatch(/locked by another process/);
    expect(error).toHaveProperty('cause.code', 'ERR_SQLITE_ERROR');
  });

  it('reads while another process holds the write lock', () => {
    const path = temporaryPath();
    const { ledger } = temporaryStore({ path, busyTimeoutMs: 1 });
    ledger.append({ intents: [ledgerIntent()], settlements: [] });
    lockDatabase(path);
    expect(ledger.page({ limit: 10 }).rows).toHaveLength(1);
  });
});

describe('pages of the ledger', () => {
  it('start with the newest row', () => {
    const { ledger } = temporaryStore();
    fill(ledger, 3);
    expect(ledger.page({ limit: 10 }).rows.map((row) => row.id)).toEqual(['row-2', 'row-1', 'row-0']);
  });

  it('hand out every row once, however they are cut', () => {
    const { ledger } = temporaryStore();
    fill(ledger, 5);
    const first = ledger.page({ limit: 2 });
    const second = ledger.page({ limit: 2, cursor: first.nextCursor! });
    const third = ledger.page({ limit: 2, cursor: second.nextCursor! });
    const ids = [first, second, third].map((page) => page.rows.map((row) => row.id));
    expect(ids).toEqual([['row-4', 'row-3'], ['row-2', 'row-1'], ['row-0']]);
  });

  it('carry no cursor when nothing follows', () => {
    const { ledger } = temporaryStore();
    fill(ledger, 2);
    expect(ledger.page({ limit: 2 }).nextCursor).toBeUndefined();
  });

  it('stop at the time asked for', () => {
    const { ledger } = temporaryStore();
    fill(ledger, 10);
    const page = ledger.page({ limit: 10, sinceMs: 1_700_000_007_000 });
    expect(page.rows.map((row) => row.id)).toEqual(['row-9', 'row-8', 'row-7']);
  });

  it('hold a row that is newer than the row listed before it', () => {
    const { ledger } = temporaryStore();
    const intents = [
      ledgerIntent({ id: 'row-1', startedAtMs: 2_500 }),
      ledgerIntent({ id: 'row-2', startedAtMs: 1_900 }),
    ];
    ledger.append({ intents, settlements: [] });
    expect(ledger.page({ limit: 10, sinceMs: 2_000 }).rows.map((row) => row.id)).toEqual(['row-1']);
  });

  it('are empty for an empty ledger', () => {
    expect(temporaryStore().ledger.page({ limit: 10 })).toEqual({ rows: [] });
  });
});
