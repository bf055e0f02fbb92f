import { DatabaseSync } from 'node:sqlite';
import type { LedgerIntent, LedgerSettlement, SpendQuery, SpendRow } from '@sluice/contract';
import { spendSuite } from '@sluice/testkit';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ledgerIntent, ledgerSettlement } from './__fixtures__/rows.js';
import { temporaryPath, temporaryStore } from './__fixtures__/temporary-store.js';
import type { SqliteStore } from './index.js';

/** A thread for each question takes its time to start. */
vi.setConfig({ testTimeout: 30_000 });

const DAY_MS = 86_400_000;
const FIRST_DAY = 19_675;
const NEVER = new AbortController().signal;

type Made = Partial<LedgerIntent> & { readonly settled?: Partial<LedgerSettlement> };

/** Requests that have ended, a thousand micro-USD each, unless they say otherwise. */
function storeOf(rows: readonly Made[], path?: string): SqliteStore {
  const store = temporaryStore(path === undefined ? {} : { path });
  const intents = rows.map(({ settled: _, ...row }, n) =>
    ledgerIntent({ id: `row-${n}`, startedAtMs: FIRST_DAY * DAY_MS + n, ...row }),
  );
  const settlements = rows.map(({ settled }, n) =>
    ledgerSettlement({ id: `row-${n}`, costMicroUsd: 1_000, provider: 'openai', model: 'gpt', ...settled }),
  );
  store.ledger.append({ intents, settlements });
  return store;
}

async function read({ spend }: SqliteStore, query: SpendQuery, signal = NEVER): Promise<readonly SpendRow[]> {
  const rows: SpendRow[] = [];
  for await (const batch of spend.rows(query, signal)) rows.push(...batch);
  return rows;
}

async function costs(store: SqliteStore, query: SpendQuery): Promise<readonly unknown[]> {
  return (await read(store, query)).map(({ values, costMicroUsd }) => [...values, costMicroUsd]);
}

spendSuite('SQLite', (contents) => {
  const { ledger, spend } = temporaryStore();
  ledger.append(contents);
  return spend;
});

describe('what was spent', () => {
  it('is summed over requests that have ended', async () => {
    const store = storeOf([
      { settled: { inputTokens: 5, outputTokens: 7, cachedTokens: 2 } },
      { settled: { status: 499, errorCode: 'client_closed_request', usageSource: 'estimated', costMicroUsd: 3 } },
    ]);
    store.ledger.append({ intents: [ledgerIntent({ id: 'runs' })], settlements: [] });
    expect(await store.spend.total({}, NEVER)).toEqual({
      requests: 2,
      failures: 1,
      inputTokens: 17,
      outputTokens: 41,
      cachedTokens: 2,
      costMicroUsd: 1_003,
      abandonedMicroUsd: 0,
      unpriced: 0,
      usageSources: { provider: 1, counted: 0, estimated: 1, unknown: 0 },
    });
  });

  it('is nothing where nothing was', async () => {
    const store = storeOf([]);
    expect(await store.spend.total({}, NEVER)).toMatchObject({ requests: 0, costMicroUsd: 0, unpriced: 0 });
    expect(await read(store, { by: ['key'] })).toEqual([]);
  });

  it('is told apart by any of it, and by several at once', async () => {
    const store = storeOf([
      { team: 'a', user: 'u', endUser: 'e', keyId: 'k1', requestedModel: 'fast' },
      { team: 'b', keyId: 'k1', tenant: 'acme', startedAtMs: (FIRST_DAY + 1) * DAY_MS },
      { keyId: 'k2', settled: { provider: 'anthropic', model: 'claude' } },
    ]);
    const by = async (...groups: SpendQuery['by']) => costs(store, { by: groups });
    expect(await by('team')).toEqual([
      ['', 1_000],
      ['a', 1_000],
      ['b', 1_000],
    ]);
    expect(await by('org')).toEqual([
      ['acme', 1_000],
      ['default', 2_000],
    ]);
    expect(await by('user')).toEqual([
      ['', 2_000],
      ['u', 1_000],
    ]);
    expect(await by('endUser')).toEqual([
      ['', 2_000],
      ['e', 1_000],
    ]);
    expect(await by('alias')).toEqual([['fast', 3_000]]);
    expect(await by('day', 'key')).toEqual([
      [FIRST_DAY, 'k1', 1_000],
      [FIRST_DAY, 'k2', 1_000],
      [FIRST_DAY + 1, 'k1', 1_000],
    ]);
    expect(await by('provider', 'model')).toEqual([
      ['anthropic', 'claude', 1_000],
      ['openai', 'gpt', 2_000],
    ]);
  });

  it('counts a request in the group of each of its tags, and once in the total', async () => {
    const store = storeOf([{ tags: ['eu', 'batch'] }, { tags: ['eu'] }, {}]);
    expect(await costs(store, { by: ['tag'] })).toEqual([
      ['', 1_000],
      ['batch', 1_000],
      ['eu', 2_000],
    ]);
    expect(await costs(store, { by: ['key'], only: { tag: 'eu' } })).toEqual([['key_aaaaaaaaaaaaaaaa', 2_000]]);
    expect(await costs(store, { by: ['key'], only: { tag: '' } })).toEqual([['key_aaaaaaaaaaaaaaaa', 1_000]]);
    expect(await store.spend.total({}, NEVER)).toMatchObject({ requests: 3, costMicroUsd: 3_000 });
  });

  it('names keys as they were called', async () => {
    const store = storeOf([{ keyId: 'k1', keyName: 'ci' }, { keyId: 'k2' }]);
    const rows = await read(store, { by: ['key'] });
    expect(rows.map(({ values, keyName }) => [...values, keyName])).toEqual([
      ['k1', 'ci'],
      ['k2', undefined],
    ]);
  });

  it('is that of a time, of an organisation, and of what is asked for', async () => {
    const store = storeOf([{ startedAtMs: 10 }, { startedAtMs: 20, tenant: 'acme' }, { startedAtMs: 30, team: 'a' }]);
    const total = async (range: Parameters<typeof store.spend.total>[0]) =>
      (await store.spend.total(range, NEVER)).requests;
    expect(await total({ sinceMs: 20 })).toBe(2);
    expect(await total({ untilMs: 20 })).toBe(1);
    expect(await total({ fromId: 'row-1', beforeId: 'row-2' })).toBe(1);
    expect(await total({ tenant: 'acme' })).toBe(1);
    expect(await total({ tenant: 'acme', only: { org: 'default' } })).toBe(0);
    expect(await total({ only: { team: 'a', provider: 'openai' } })).toBe(1);
    expect(await total({ only: { team: "a' OR '1'='1" } })).toBe(0);
  });

  it('knows what has no price, and what lost a race', async () => {
    const lost = { provider: 'b', model: 'm', durationMs: 1, hedge: true, abandoned: true, costMicroUsd: 40 } as const;
    const noPrice = { costMicroUsd: undefined } as unknown as Partial<LedgerSettlement>;
    const store = storeOf([
      { settled: { attempts: [lost, { ...lost, costMicroUsd: 2 }] } },
      { settled: noPrice },
      { settled: { ...noPrice, status: 502, inputTokens: 0, outputTokens: 0 } },
    ]);
    const total = await store.spend.total({}, NEVER);
    expect(total).toMatchObject({ requests: 3, costMicroUsd: 1_000, abandonedMicroUsd: 42, unpriced: 1 });
  });

  it('comes in pages that leave nothing out', async () => {
    const store = storeOf(Array.from({ length: 700 }, (_, n) => ({ keyId: `k${n % 350}`, tags: [`t${n % 2}`] })));
    const all = await read(store, { by: ['key', 'tag'] });
    const paged: SpendRow[] = [];
    for (;;) {
      const after = paged.at(-1)?.values;
      const page = await read(store, { by: ['key', 'tag'], limit: 99, ...(after && { after }) });
      paged.push(...page);
      if (page.length < 99) break;
    }
    expect(all).toHaveLength(350);
    expect(paged).toEqual(all);
  });
});

describe('the reading', () => {
  it('ends when nobody waits for it any more, and lets the next one in', async () => {
    const store = storeOf([{}]);
    const gone = new AbortController();
    const asked = Array.from({ length: 6 }, () => read(store, { by: ['key'] }, gone.signal));
    gone.abort(new Error('gone'));
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect(await read(store, { by: ['key'] })).toHaveLength(1);
  });

  it('is refused where too many ask', async () => {
    const store = storeOf([{}]);
    const gone = new AbortController();
    const asked = Array.from({ length: 18 }, () => store.spend.total({}, gone.signal));
    const waiting = Promise.allSettled(asked);
    await expect(store.spend.total({}, NEVER)).rejects.toMatchObject({ code: 'overloaded' });
    gone.abort(new Error('gone'));
    const outcomes = await waiting;
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
  });

  it('is one alone for each organisation, however slowly it is taken away', async () => {
    const store = storeOf([
      { tenant: 'acme', keyId: 'k1' },
      { tenant: 'other', keyId: 'k2' },
    ]);
    const gone = new AbortController();
    const slow = Array.from({ length: 3 }, () =>
      store.spend
        .rows({ by: ['key'], tenant: 'acme' }, gone.signal)
        [Symbol.asyncIterator]()
        .next(),
    );
    expect((await slow[0])?.value).toHaveLength(1);
    expect(await store.spend.total({ tenant: 'other' }, NEVER)).toMatchObject({ requests: 1 });
    gone.abort(new Error('gone'));
    expect(await Promise.allSettled(slow)).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected' },
      { status: 'rejected' },
    ]);
    expect(await store.spend.total({ tenant: 'acme' }, NEVER)).toMatchObject({ requests: 1 });
  });

  it('leaves its place to others where it cannot begin', async () => {
    const store = storeOf([{}]);
    // What no thread can be given.
    const team = (() => 'team') as unknown as string;
    for (let turn = 0; turn < 3; turn += 1) {
      await expect(store.spend.total({ only: { team } }, NEVER)).rejects.toMatchObject({ code: 'storage_unavailable' });
    }
    expect(await store.spend.total({}, NEVER)).toMatchObject({ requests: 1 });
  });

  it('says that the database cannot be used', async () => {
    const path = temporaryPath();
    const store = storeOf([{}], path);
    const other = new DatabaseSync(path);
    onTestFinished(() => other.close());
    other.exec('ALTER TABLE ledger_intents RENAME TO elsewhere');
    await expect(store.spend.total({}, NEVER)).rejects.toMatchObject({ code: 'storage_unavailable' });
  });

  it('ends with the store', async () => {
    const store = storeOf([{}]);
    const reading = store.spend.total({}, NEVER);
    store.close();
    await expect(reading).rejects.toMatchObject({ code: 'storage_unavailable' });
  });
});
