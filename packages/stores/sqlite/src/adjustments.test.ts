import { DatabaseSync } from 'node:sqlite';
import type { LedgerAdjustment } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { ledgerIntent, ledgerSettlement } from './__fixtures__/rows.js';
import { temporaryPath, temporaryStore } from './__fixtures__/temporary-store.js';
import type { SqliteStore } from './index.js';

const PRICES = [{ picoUsd: { input: 1_000 } }];
const START_MS = 1_700_000_000_000;

function adjustment(requestId: string, microUsd: number, n = 1): LedgerAdjustment {
  return { id: `${requestId}#${n}`, requestId, madeAtMs: START_MS + n, microUsd, prices: PRICES };
}

function write({ ledger }: SqliteStore, id: string, costMicroUsd?: number): void {
  ledger.append({
    intents: [ledgerIntent({ id })],
    settlements: [ledgerSettlement({ id, ...(costMicroUsd !== undefined && { costMicroUsd }) })],
  });
}

const ALL = { sinceMs: 0, untilMs: START_MS + 9, after: '', limit: 9 };
const { signal } = new AbortController();

describe('adjustments in SQLite', () => {
  it('stand beside the settlement, which stays, each once and in their order', () => {
    const store = temporaryStore();
    write(store, 'row-1', 100);
    const both = [adjustment('row-1', -40), adjustment('row-1', 15, 2)];
    const more = adjustment('row-1', 1, 3);
    expect([store.ledger.adjust(both), store.ledger.adjust([...both, more])]).toEqual([both, [more]]);
    const row = store.ledger.find('row-1');
    expect([row?.settlement?.costMicroUsd, row?.adjustments?.map(({ microUsd }) => microUsd)]).toEqual([
      100,
      [-40, 15, 1],
    ]);
    expect(row?.adjustments?.[0]?.priceVersion).toMatch(/^[0-9a-f]{16}$/);
  });

  it('are in every sum, and price what had no price', async () => {
    const store = temporaryStore();
    write(store, 'row-1', 100);
    write(store, 'row-2');
    expect(await store.spend.total({}, signal)).toMatchObject({ costMicroUsd: 100, unpriced: 1 });
    store.ledger.adjust([adjustment('row-1', -40), adjustment('row-2', 7), adjustment('row-2', 1, 2)]);
    expect(await store.spend.total({}, signal)).toMatchObject({ requests: 2, costMicroUsd: 68, unpriced: 0 });
  });

  it('go with the settled rows of a time, the oldest first', () => {
    const store = temporaryStore();
    for (const id of ['row-3', 'row-1', 'row-2']) write(store, id, 1);
    store.ledger.append({ intents: [ledgerIntent({ id: 'row-4' })], settlements: [] });
    const ids = (change: object) => store.ledger.settled({ ...ALL, ...change }).map(({ id }) => id);
    expect(ids({})).toEqual(['row-1', 'row-2', 'row-3']);
    expect(ids({ after: 'row-1', limit: 1 })).toEqual(['row-2']);
    expect(ids({ before: 'row-3' })).toEqual(['row-1', 'row-2']);
    expect([ids({ untilMs: START_MS }), ids({ sinceMs: START_MS + 1 })]).toEqual([[], []]);
  });

  it('keep what else a cost depends on', () => {
    const store = temporaryStore();
    const priced = { cacheWriteTokens: 3, billed: { inputTokens: 1, outputTokens: 2 }, serviceTier: 'flex' };
    store.ledger.append({ intents: [ledgerIntent()], settlements: [ledgerSettlement({ priced })] });
    expect(store.ledger.find('row-1')?.settlement?.priced).toEqual(priced);
  });

  it('are sent on, also those that were made before anybody knew how', () => {
    const path = temporaryPath();
    const store = temporaryStore({ path });
    store.outbox({ newMachine: () => 'm-1' });
    // As a release left it that had no adjustments.
    const database = new DatabaseSync(path);
    database.exec('DROP TRIGGER ledger_adjustments_sent');
    database.close();
    write(store, 'row-1', 100);
    store.ledger.adjust([adjustment('row-1', -40)]);
    store.close();
    const again = temporaryStore({ path });
    const outbox = again.outbox({ newMachine: () => 'm-1' });
    again.ledger.adjust([adjustment('row-1', 5, 2)]);
    const sent = JSON.parse(outbox.next(99)?.adjustments ?? '[]') as object[];
    expect(sent).toMatchObject([
      { id: 'row-1#1', machine: 'm-1', request_id: 'row-1', micro_usd: -40 },
      { id: 'row-1#2', machine: 'm-1', request_id: 'row-1', micro_usd: 5 },
    ]);
  });

  it('go with the rows that are sent and too old to keep', () => {
    const path = temporaryPath();
    const store = temporaryStore({ path });
    const outbox = store.outbox({ newMachine: () => 'm-1' });
    write(store, 'row-1', 100);
    store.ledger.adjust([adjustment('row-1', -40)]);
    while (outbox.next(99)) outbox.sent();
    expect(outbox.prune(START_MS + 99, 9)).toBe(1);
    write(store, 'row-1', 100);
    expect(store.ledger.find('row-1')?.adjustments).toBeUndefined();
  });
});
