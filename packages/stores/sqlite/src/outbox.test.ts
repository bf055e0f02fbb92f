import { DatabaseSync } from 'node:sqlite';
import type { LedgerIntent, LedgerOutbox, LedgerSettlement } from '@sluice/contract';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryPath, temporaryStore } from './__fixtures__/temporary-store.js';
import type { SqliteStore } from './index.js';

const START_MS = 1_767_225_600_000;
const intent = (id: string): LedgerIntent => ({
  id,
  startedAtMs: START_MS + Number(id.slice(1)),
  keyId: 'key_1',
  tenant: 'default',
  tags: ['eu', '"'],
  route: '/v1/chat/completions',
  requestedModel: 'fa\u0000st',
  stream: true,
});
const settlement = (id: string, change: Partial<LedgerSettlement> = {}): LedgerSettlement => ({
  id,
  settledAtMs: START_MS + 500,
  status: 200,
  attempts: [{ provider: 'sim', model: 'echo', status: 200, durationMs: 1.5 }],
  inputTokens: 3,
  outputTokens: 4,
  cachedTokens: 0,
  costMicroUsd: 7,
  usageSource: 'provider',
  durationMs: 12.25,
  ...change,
});
const PRICES = [{ picoUsd: { input: 1_000 } }];

const write = ({ ledger }: SqliteStore, ids: readonly string[], settled = ids): void =>
  ledger.append({ intents: ids.map(intent), settlements: settled.map((id) => settlement(id)) });

const idsOf = (text: string | undefined): unknown[] =>
  (JSON.parse(text ?? '[]') as { id: string }[]).map(({ id }) => id);

/** Everything that goes out, and as what. */
function sendAll(outbox: LedgerOutbox): { readonly intents: unknown[]; readonly settlements: unknown[] } {
  const intents: unknown[] = [];
  const settlements: unknown[] = [];
  for (let parcel = outbox.next(3); parcel; parcel = outbox.next(3)) {
    intents.push(...idsOf(parcel.intents));
    settlements.push(...idsOf(parcel.settlements));
    outbox.sent();
  }
  return { intents, settlements };
}
const open = (store: SqliteStore): LedgerOutbox => store.outbox({ newMachine: () => 'm-1' });

describe('the outbox', () => {
  it('gives each row once, in the order of the commits', () => {
    const store = temporaryStore();
    const outbox = open(store);
    write(store, ['r2', 'r3'], []);
    write(store, ['r1'], ['r3', 'r1']);
    expect(sendAll(outbox)).toEqual({ intents: ['r2', 'r3', 'r1'], settlements: ['r3', 'r1'] });
    expect(outbox.next(3)).toBeUndefined();
  });

  it('gives rows as JSON by the names of their columns, with the machine that they are of', () => {
    const store = temporaryStore();
    const outbox = open(store);
    store.ledger.append({ intents: [intent('r1')], settlements: [settlement('r1', { prices: PRICES })] });
    const parcel = outbox.next(9);
    expect(parcel?.rows).toBe(3);
    expect(JSON.parse(parcel?.intents ?? '')).toEqual([
      expect.objectContaining({
        machine: 'm-1',
        id: 'r1',
        tags: ['eu', '"'],
        requested_model: 'fa\u0000st',
        stream: 1,
        team: null,
      }),
    ]);
    const [settled] = JSON.parse(parcel?.settlements ?? '') as { price_version: string }[];
    expect(settled).toMatchObject({
      machine: 'm-1',
      attempts: [{ durationMs: 1.5 }],
      cost_micro_usd: 7,
      duration_ms: 12.25,
    });
    expect(JSON.parse(parcel?.prices ?? '')).toEqual([{ version: settled?.price_version, rows: PRICES }]);
  });

  it('gives the same rows again until they were sent', () => {
    const store = temporaryStore();
    const outbox = open(store);
    write(store, ['r1'], []);
    const first = outbox.next(2);
    write(store, ['r2'], []);
    expect([idsOf(first?.intents), idsOf(outbox.next(1)?.intents)]).toEqual([['r1'], ['r1']]);
    outbox.sent();
    expect(idsOf(outbox.next(2)?.intents)).toEqual(['r2']);
  });

  it('gives the rows that were there before it', () => {
    const store = temporaryStore();
    store.ledger.append({ intents: [], settlements: [settlement('r0', { prices: PRICES })] });
    write(store, ['r1', 'r2', 'r3', 'r4'], ['r1', 'r4']);
    const outbox = open(store);
    write(store, ['r5'], ['r2']);
    const sent = sendAll(outbox);
    expect(new Set(sent.intents)).toEqual(new Set(['r1', 'r2', 'r3', 'r4', 'r5']));
    expect(new Set(sent.settlements)).toEqual(new Set(['r0', 'r1', 'r2', 'r4']));
  });

  it('keeps its place and the name of the machine over a restart', () => {
    const path = temporaryPath();
    const before = temporaryStore({ path });
    const outbox = open(before);
    write(before, ['r1', 'r2'], []);
    outbox.next(1);
    outbox.sent();
    before.close();
    const store = temporaryStore({ path });
    const parcel = store.outbox({ newMachine: () => 'another' }).next(9);
    expect(JSON.parse(parcel?.intents ?? '')).toMatchObject([{ id: 'r2', machine: 'm-1' }]);
  });

  it('is sent by one of several processes, and by another once that one has ended', () => {
    const path = temporaryPath();
    const [first, second] = [temporaryStore({ path }), temporaryStore({ path })];
    const [sender, other] = [open(first), open(second)];
    write(second, ['r1'], []);
    expect([sender.next(1)?.rows, other.next(1)]).toEqual([1, undefined]);
    first.close();
    expect(other.next(1)?.rows).toBe(1);
  });

  it('sets aside what is never taken, and says so', () => {
    const store = temporaryStore();
    const outbox = open(store);
    write(store, ['r1', 'r2'], []);
    outbox.next(1);
    outbox.refused();
    expect(idsOf(outbox.next(9)?.intents)).toEqual(['r2']);
    expect(outbox.backlog()).toMatchObject({ rows: 1, refused: 1 });
  });

  it('says how many rows wait, and since when', () => {
    const store = temporaryStore();
    const outbox = open(store);
    expect(outbox.backlog()).toEqual({ rows: 0, refused: 0 });
    write(store, ['r7', 'r8'], []);
    expect(outbox.backlog()).toEqual({ rows: 2, refused: 0, oldestMs: START_MS + 7 });
    sendAll(outbox);
    store.ledger.adjust([{ id: 'r7#1', requestId: 'r7', madeAtMs: START_MS + 900, microUsd: 1, prices: PRICES }]);
    write(store, ['r9'], []);
    expect(outbox.backlog()).toMatchObject({ rows: 3, oldestMs: START_MS + 900 });
  });

  it('costs a store that sends nothing no row, also where it did before', () => {
    const path = temporaryPath();
    const store = temporaryStore({ path });
    open(store);
    write(store, ['r1'], []);
    store.endSending();
    write(store, ['r2'], []);
    const database = new DatabaseSync(path);
    onTestFinished(() => database.close());
    expect(database.prepare('SELECT count(*) AS rows FROM ledger_outbox').get()).toMatchObject({ rows: 0 });
    expect(sendAll(open(store)).intents).toEqual(['r1', 'r2']);
  });
});

describe('pruning', () => {
  it('deletes old rows that were settled and sent, and none else', () => {
    const store = temporaryStore();
    const outbox = open(store);
    write(store, ['r1', 'r2', 'r3', 'r9'], ['r1', 'r3', 'r9']);
    expect(outbox.prune(START_MS + 5, 10)).toBe(0);
    sendAll(outbox);
    expect(outbox.prune(START_MS + 5, 10)).toBe(2);
    expect(store.ledger.page({ limit: 9 }).rows.map(({ id }) => id)).toEqual(['r9', 'r2']);
  });

  it('deletes no more than it is told', () => {
    const store = temporaryStore();
    const outbox = open(store);
    write(store, ['r1', 'r2', 'r3']);
    sendAll(outbox);
    expect([outbox.prune(START_MS + 5, 2), outbox.prune(START_MS + 5, 2)]).toEqual([2, 1]);
  });
});
