import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { counterStoreSuite, createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { ledgerIntent, ledgerSettlement } from './__fixtures__/rows.js';
import { temporaryPath, temporaryStore } from './__fixtures__/temporary-store.js';

const never = new AbortController().signal;

counterStoreSuite('SQLite', () => {
  const clock = createManualClock();
  return { store: temporaryStore().counters({ clock }), advance: (ms) => clock.advance(ms) };
});

const money = (amount: number) =>
  ({
    scope: 'key:a',
    kind: 'window',
    name: 'spend',
    amount,
    limit: 100_000,
    windowMs: Number.POSITIVE_INFINITY,
  }) as const;

describe('what is reserved in a database', () => {
  it('is there after a restart where the request has a row, and given back at once where it has none', async () => {
    const path = temporaryPath();
    const clock = createManualClock();
    const before = temporaryStore({ path });
    const counters = before.counters({ clock });
    await Promise.all(['a', 'b'].map((id) => counters.reserve(id, [money(40_000)], never)));
    before.ledger.append({ intents: [ledgerIntent({ id: 'a' })], settlements: [] });
    before.close();
    const after = temporaryStore({ path }).counters({ clock });
    expect((await after.reserve('c', [money(0)], never)).states[0]?.remaining).toBe(60_000);
  });

  it('is kept for somebody else together with the epoch that all of it is of', () => {
    const path = temporaryPath();
    const clock = createManualClock();
    const { amount: _, limit: __, scope, kind: ___, ...window } = money(0);
    const count = { scope, window, beginsAtMs: 0, endsAtMs: null };
    const before = temporaryStore({ path });
    const counters = before.counters({ clock });
    expect(counters.recall('spend')).toEqual({ epoch: undefined, counts: [] });
    counters.keep({ epoch: 'first', counts: [{ ...count, used: 40_000 }] });
    counters.keep({ epoch: 'second', counts: [] });
    before.close();
    const after = temporaryStore({ path }).counters({ clock });
    expect(after.recall('spend')).toEqual({ epoch: 'second', counts: [{ ...count, used: 40_000 }] });
  });

  it('is exact among several who hold it', async () => {
    const path = temporaryPath();
    const clock = createManualClock();
    const stores = [1, 2, 3].map(() => temporaryStore({ path }).counters({ clock }));
    const results = await Promise.all(
      stores.flatMap((store, at) =>
        Array.from({ length: 33 }, (_, index) => store.reserve(`r${at}-${index}`, [money(10_000)], never)),
      ),
    );
    expect(results.filter(({ ok }) => ok)).toHaveLength(10);
  });

  it('goes on to count where the row of the ledger is open, until that is settled', async () => {
    const clock = createManualClock();
    const store = temporaryStore();
    const counters = store.counters({ clock });
    await counters.reserve('open', [money(40_000)], never);
    store.ledger.append({ intents: [ledgerIntent({ id: 'open' })], settlements: [] });
    clock.advance(counters.leaseMs + 500);
    expect((await counters.reserve('b', [money(0)], never)).states[0]?.remaining).toBe(60_000);
    await counters.settle('open', { spend: 15_000 });
    expect((await counters.reserve('c', [money(0)], never)).states[0]?.remaining).toBe(85_000);
  });

  it('counts again where its row comes after its lease', async () => {
    const clock = createManualClock();
    const store = temporaryStore();
    const counters = store.counters({ clock });
    await counters.reserve('late', [money(40_000)], never);
    clock.advance(counters.leaseMs + 500);
    expect((await counters.reserve('b', [money(0)], never)).states[0]?.remaining).toBe(100_000);
    store.ledger.append({ intents: [ledgerIntent({ id: 'late' })], settlements: [] });
    expect((await counters.reserve('c', [money(0)], never)).states[0]?.remaining).toBe(60_000);
  });

  it('is settled in the transaction that writes the row', async () => {
    const path = temporaryPath();
    const clock = createManualClock();
    const store = temporaryStore({ path });
    const counters = store.counters({ clock });
    const other = temporaryStore({ path }).counters({ clock });
    await counters.reserve('a', [money(40_000)], never);
    store.ledger.append({ intents: [ledgerIntent({ id: 'a' })], settlements: [] });
    const settling = counters.settle('a', { spend: 15_000 });
    store.ledger.append({ intents: [], settlements: [ledgerSettlement({ id: 'a' })] });
    expect(other.list({ name: 'spend', windowMs: Number.POSITIVE_INFINITY })).toMatchObject([{ used: 15_000 }]);
    await settling;
  });

  it('is reserved and settled all the same where a row beside it is refused', async () => {
    const clock = createManualClock();
    const store = temporaryStore();
    const counters = store.counters({ clock });
    await counters.reserve('a', [money(40_000)], never);
    const settling = counters.settle('a', { spend: 15_000 });
    const reserving = counters.reserve('b', [money(1_000)], never);
    const broken = ledgerIntent({ id: 'a', tenant: null as never });
    expect(() => store.ledger.append({ intents: [broken], settlements: [] })).toThrow('The database cannot be used.');
    await settling;
    expect((await reserving).states[0]?.remaining).toBe(84_000);
    await counters.cancel('b');
    expect((await counters.reserve('c', [money(0)], never)).states[0]?.remaining).toBe(85_000);
  });

  it('counts as it was settled also where the database is held for long meanwhile', async () => {
    const path = temporaryPath();
    const clock = createManualClock();
    const store = temporaryStore({ path });
    const counters = store.counters({ clock });
    await counters.reserve('a', [money(40_000)], never);
    store.ledger.append({ intents: [ledgerIntent({ id: 'a' })], settlements: [] });
    clock.advance(2);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const failed = counters.settle('a', { spend: 15_000 }).catch((cause: unknown) => cause);
    await new Promise(setImmediate);
    for (let ms = 0; ms < 2_000; ms += 500) clock.advance(500);
    expect(await failed).toMatchObject({ code: 'storage_unavailable' });
    other.close();
    store.ledger.append({ intents: [], settlements: [ledgerSettlement({ id: 'a' })] });
    expect(counters.list({ name: 'spend', windowMs: Number.POSITIVE_INFINITY })).toMatchObject([{ used: 15_000 }]);
  });

  it('is settled at the end by who reserved it, and leaves no owner behind', async () => {
    const path = temporaryPath();
    const clock = createManualClock();
    const store = temporaryStore({ path });
    const counters = store.counters({ clock });
    await counters.reserve('a', [money(40_000)], never);
    const settling = counters.settle('a', { spend: 15_000 });
    store.close();
    await settling;
    expect(readdirSync(dirname(path))).toEqual(['sluice.db']);
    const after = temporaryStore({ path }).counters({ clock });
    expect(after.list({ name: 'spend', windowMs: Number.POSITIVE_INFINITY })).toMatchObject([{ used: 15_000 }]);
  });

  it('that never ends counts also where nothing of it was left and its row was swept', async () => {
    const clock = createManualClock();
    const counters = temporaryStore().counters({ clock });
    const slot = { scope: 'key:a', kind: 'gauge', name: 'concurrent', amount: 1, limit: 1, windowMs: 0 } as const;
    await counters.reserve('a', [slot, money(40_000)], never);
    // Its lease is over, what it held is let go of, and the empty rows are swept.
    clock.advance(counters.leaseMs + 60_500);
    await counters.cancel('nobody');
    await counters.renew(['a']);
    expect((await counters.reserve('b', [slot], never)).ok).toBe(false);
    await counters.settle('a', { spend: 15_000 });
    expect((await counters.reserve('c', [slot, money(0)], never)).states.map(({ remaining }) => remaining)).toEqual([
      0, 85_000,
    ]);
    expect((await counters.reserve('d', [slot], never)).ok).toBe(false);
  });

  it('waits under load for others for a few turns of the event loop, or goes with rows that are written', async () => {
    const clock = createManualClock();
    const store = temporaryStore();
    const turns: (() => void)[] = [];
    const turn = async (): Promise<void> => {
      for (const run of turns.splice(0)) run();
      await Promise.resolve();
    };
    const counters = store.counters({ clock, schedule: (run) => turns.push(run) });
    const counted = (): number => counters.list({ name: 'spend', windowMs: Number.POSITIVE_INFINITY })[0]?.used ?? 0;
    const reserve = (id: string) => void counters.reserve(id, [money(1)], never);
    reserve('quiet');
    await turn();
    expect(counted()).toBe(1);
    reserve('first');
    for (let past = 0; past < 3; past += 1) await turn();
    reserve('last');
    expect(counted()).toBe(1);
    await turn();
    expect(counted()).toBe(3);
    reserve('fourth');
    store.ledger.append({ intents: [ledgerIntent({ id: 'first' })], settlements: [] });
    expect(counted()).toBe(4);
    clock.advance(2);
    for (let past = 0; past < 4; past += 1) await turn();
    expect(turns).toEqual([]);
    reserve('later');
    await turn();
    expect(counted()).toBe(5);
  });

  it('is not refused for the sake of what was given up while another process held the lock', async () => {
    const most = { ...money(60), limit: 100 };
    const path = temporaryPath();
    const clock = createManualClock();
    const counters = temporaryStore({ path }).counters({ clock });
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const late = counters.reserve('late', [most], never).catch((cause: unknown) => cause);
    await new Promise(setImmediate);
    const wanted = counters.reserve('wanted', [most], never);
    const cancelled = counters.cancel('late');
    other.exec('ROLLBACK');
    other.close();
    clock.advance(5);
    expect([(await wanted).ok, await late]).toEqual([true, expect.objectContaining({ code: 'storage_unavailable' })]);
    await cancelled;
    expect((await counters.reserve('next', [most], never)).ok).toBe(false);
  });

  it('waits for another process that holds the lock, and is refused after two seconds', async () => {
    const path = temporaryPath();
    const clock = createManualClock();
    const counters = temporaryStore({ path }).counters({ clock });
    const turn = () => new Promise(setImmediate);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const waiting = counters.reserve('a', [money(1)], never);
    await turn();
    clock.advance(5);
    other.exec('ROLLBACK');
    const joined = counters.reserve('b', [money(1)], never);
    clock.advance(5);
    expect([(await waiting).ok, (await joined).ok]).toEqual([true, true]);
    clock.advance(5);
    other.exec('BEGIN IMMEDIATE');
    const refused = counters.reserve('c', [money(1)], never).catch((cause: unknown) => cause);
    await turn();
    for (let ms = 0; ms < 2_000; ms += 500) clock.advance(500);
    expect(await refused).toMatchObject({
      code: 'storage_unavailable',
      message: 'The database cannot be used: it is locked by another process.',
    });
    other.exec('ROLLBACK');
    other.close();
    expect((await counters.reserve('d', [money(1)], never)).ok).toBe(true);
  });
});

describe('what another process has reserved', () => {
  const slot = { scope: 'key:a', kind: 'gauge', name: 'concurrent', amount: 1, limit: 2, windowMs: 0 } as const;
  /** Two who hold the same database. */
  const openTwo = () => {
    const path = temporaryPath();
    const clock = createManualClock();
    const [first, second] = [temporaryStore({ path }), temporaryStore({ path })];
    return { clock, first, second, counters: first.counters({ clock }), others: second.counters({ clock }) };
  };
  const remaining = async (counters: ReturnType<typeof openTwo>['others']) =>
    (await counters.reserve('look', [{ ...slot, amount: 0 }, money(0)], never)).states.map((state) => state.remaining);

  it('is free as soon as somebody looks once that one has ended, but for the money of open rows', async () => {
    const { clock, first, counters, others } = openTwo();
    await counters.reserve('open', [slot, money(40_000)], never);
    await counters.reserve('gone', [slot, money(40_000)], never);
    first.ledger.append({ intents: [ledgerIntent({ id: 'open' })], settlements: [] });
    expect(await remaining(others)).toEqual([0, 20_000]);
    first.close();
    await others.cancel('look');
    clock.advance(2_000);
    expect(await remaining(others)).toEqual([2, 60_000]);
  });

  it('is free when that one has not been heard of for a while, which takes it again when it goes on', async () => {
    const { clock, first, counters, others } = openTwo();
    await counters.reserve('open', [slot, money(40_000)], never);
    await counters.reserve('gone', [slot, money(40_000)], never);
    first.ledger.append({ intents: [ledgerIntent({ id: 'open' })], settlements: [] });
    clock.advance(counters.leaseMs - 1);
    expect(await remaining(others)).toEqual([0, 20_000]);
    clock.advance(counters.leaseMs);
    await others.cancel('look');
    expect(await remaining(others)).toEqual([2, 60_000]);
    await counters.renew(['open', 'gone']);
    await others.cancel('look');
    expect(await remaining(others)).toEqual([0, 20_000]);
    await counters.settle('open', { spend: 10_000 });
    await counters.cancel('gone');
    await others.cancel('look');
    expect(await remaining(others)).toEqual([2, 90_000]);
  });

  it('is not given back twice where that one settles it after all', async () => {
    const { clock, counters, others } = openTwo();
    await counters.reserve('slow', [slot, money(40_000)], never);
    clock.advance(counters.leaseMs * 2);
    expect(await remaining(others)).toEqual([2, 100_000]);
    await counters.settle('slow', { spend: 10_000 });
    await others.cancel('look');
    expect(await remaining(others)).toEqual([2, 90_000]);
  });
});
