import { DatabaseSync } from 'node:sqlite';
import { createManualClock } from '@sluice/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { SPENDING, never, slot } from './__fixtures__/claims.js';
import { temporaryPath, temporaryStore } from './__fixtures__/temporary-store.js';
import { SqliteCounterStore } from './counters.js';
import { LedgerRows } from './ledger-rows.js';
import { SharedTransaction } from './shared-transaction.js';

/** Counters on a database that remembers which statements on some table ran, and can be made to fail at a commit. */
function open(table: 'count_holds' | 'counts' = 'count_holds') {
  const path = temporaryPath();
  temporaryStore({ path });
  const database = new DatabaseSync(path);
  onTestFinished(() => database.close());
  const state = { ran: [] as string[], failsToCommit: false, errcode: 13 };
  const prepare = database.prepare.bind(database);
  database.prepare = (sql) => {
    const statement = prepare(sql);
    const isCounted = new RegExp(`\\b${table}\\b`).test(sql) && !/held (<>|=) 0|DELETE FROM counts/.test(sql);
    const before = (): void => {
      if (sql === 'COMMIT' && state.failsToCommit) throw Object.assign(new Error('failed'), { errcode: state.errcode });
      if (isCounted) state.ran.push(sql.split(' ')[0] ?? '');
    };
    for (const name of ['run', 'get', 'all'] as const) {
      const own = statement[name].bind(statement) as (...values: unknown[]) => unknown;
      Object.defineProperty(statement, name, {
        value: (...values: unknown[]) => {
          before();
          return own(...values);
        },
      });
    }
    return statement;
  };
  const clock = createManualClock();
  const nothing = (): undefined => undefined;
  const owner = { id: 1, claim: nothing, mark: nothing, committed: nothing };
  const transaction = new SharedTransaction(
    database,
    new LedgerRows(database, { owner, checkpointer: { count: nothing } }),
  );
  const counters = new SqliteCounterStore({ database, transaction, holder: { id: 1, isAlive: () => true } }, { clock });
  /** The statements of one piece of work. */
  const during = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
    state.ran = [];
    await work();
    return state.ran;
  };
  return { state, clock, counters, during };
}

it('what is held is one statement for all reservations of a transaction, and none to renew', async () => {
  const { counters, during } = open();
  const many = Array.from({ length: 16 }, (_, at) => `r${at}`);
  const claim = { ...slot, limit: 16 };
  expect(await during(() => Promise.all(many.map((id) => counters.reserve(id, [claim], never))))).toEqual(['INSERT']);
  expect(await during(() => counters.renew(many))).toEqual([]);
  expect(await during(() => Promise.all(many.map((id) => counters.settle(id, {}))))).toEqual(['INSERT']);
});

it('a reservation that is there is granted again, also where it would not fit a second time', async () => {
  const { counters } = open();
  await counters.reserve('a', [slot], never);
  expect((await counters.reserve('b', [slot], never)).ok).toBe(false);
  expect(await counters.reserve('a', [slot], never)).toMatchObject({ ok: true, states: [{ remaining: 0 }] });
  expect(await counters.reserve('a', [{ ...slot, limit: 5 }], never)).toMatchObject({
    ok: true,
    states: [{ remaining: 4 }],
  });
});

it('what a transaction changed that failed is as it was', async () => {
  const { state, clock, counters } = open();
  await counters.reserve('a', [{ ...slot, limit: 2 }], never);
  state.failsToCommit = true;
  const refused = { code: 'storage_unavailable' };
  await expect(counters.reserve('b', [{ ...slot, limit: 2 }], never)).rejects.toMatchObject(refused);
  await expect(counters.cancel('a')).rejects.toMatchObject(refused);
  clock.advance(counters.leaseMs + 500);
  await expect(counters.renew(['a'])).rejects.toMatchObject(refused);
  state.failsToCommit = false;
  await counters.renew(['a']);
  expect((await counters.reserve('c', [slot], never)).ok).toBe(false);
  await counters.settle('a', {});
  await counters.settle('b', {});
  expect((await counters.reserve('c', [slot], never)).states).toMatchObject([{ remaining: 0 }]);
  expect((await counters.reserve('d', [slot], never)).ok).toBe(false);
});

it('what is renewed after its lease is taken again, and given back once', async () => {
  const { clock, counters } = open();
  await counters.reserve('a', [slot], never);
  clock.advance(counters.leaseMs + 500);
  await counters.cancel('nobody');
  await counters.renew(['a']);
  expect((await counters.reserve('b', [slot], never)).ok).toBe(false);
  await counters.settle('a', {});
  expect((await counters.reserve('b', [slot], never)).states).toMatchObject([{ remaining: 0 }]);
  expect((await counters.reserve('c', [slot], never)).ok).toBe(false);
});

it('a count is read once and written once in a transaction, however many requests touch it', async () => {
  const { counters, during } = open('counts');
  const many = Array.from({ length: 16 }, (_, at) => `r${at}`);
  const claim = { ...slot, limit: 16 };
  const reserveAll = () => Promise.all(many.map((id) => counters.reserve(id, [claim], never)));
  expect(await during(reserveAll)).toEqual(['SELECT', 'INSERT']);
  expect(await during(() => Promise.all(many.map((id) => counters.settle(id, {}))))).toEqual(['SELECT', 'UPDATE']);
  expect((await counters.reserve('last', [claim], never)).states).toMatchObject([{ remaining: 15 }]);
});

it('a window that begins with nothing takes what is used in it', async () => {
  const { clock, counters } = open();
  const spend = { scope: 'key:a', kind: 'window', name: 'spend', amount: 0, limit: 100, windowMs: 1_000 } as const;
  await counters.reserve('a', [spend], never);
  clock.advance(500);
  await counters.settle('a', { spend: 60 });
  expect(await counters.reserve('b', [spend], never)).toMatchObject({ states: [{ remaining: 40, resetMs: 500 }] });
});

it('nothing of a transaction that failed is counted by the next one', async () => {
  const { state, counters } = open();
  state.failsToCommit = true;
  await expect(counters.reserve('a', [slot], never)).rejects.toMatchObject({ code: 'storage_unavailable' });
  state.failsToCommit = false;
  expect((await counters.reserve('b', [{ ...slot, limit: 2 }], never)).states).toMatchObject([{ remaining: 1 }]);
});

it('what a transaction renewed that failed is held as before', async () => {
  const { state, counters } = open();
  await counters.reserve('a', [slot], never);
  state.failsToCommit = true;
  await expect(counters.renew(['a'])).rejects.toMatchObject({ code: 'storage_unavailable' });
  state.failsToCommit = false;
  await counters.settle('a', {});
  expect((await counters.reserve('b', [slot], never)).ok).toBe(true);
});

it('what was settled in a transaction that failed is settled by the next one', async () => {
  const { state, clock, counters } = open();
  const spend = { ...SPENDING, limit: 100 };
  await counters.reserve('a', [slot, { ...spend, amount: 60 }], never);
  state.failsToCommit = true;
  for (const id of ['a', 'nobody'])
    await expect(counters.settle(id, { spend: 10 })).rejects.toMatchObject({ code: 'storage_unavailable' });
  clock.advance(counters.leaseMs * 2);
  await expect(counters.cancel('nobody')).rejects.toMatchObject({ code: 'storage_unavailable' });
  state.failsToCommit = false;
  for (const id of ['b', 'b again']) {
    const { ok, states } = await counters.reserve(id, [slot, { ...spend, amount: 0 }], never);
    expect([ok, states.at(-1)?.remaining]).toEqual([true, 90]);
    await counters.settle(id, {});
  }
});

it('what was settled is not tried again where it may be at fault itself', async () => {
  const { state, counters } = open();
  const spend = { scope: 'key:a', kind: 'window', name: 'spend', amount: 60, limit: 100, windowMs: 60_000 } as const;
  await counters.reserve('a', [spend], never);
  Object.assign(state, { failsToCommit: true, errcode: 19 });
  await expect(counters.settle('a', { spend: 10 })).rejects.toMatchObject({ code: 'storage_unavailable' });
  state.failsToCommit = false;
  expect((await counters.reserve('b', [{ ...spend, amount: 0 }], never)).states).toMatchObject([{ remaining: 40 }]);
});

it.each([Number.NaN, 1.5, 1e20, undefined])('%d as what was used counts as reserved', async (used) => {
  const { counters } = open();
  const spend = { scope: 'key:a', kind: 'window', name: 'spend', amount: 60, limit: 100, windowMs: 1_000 } as const;
  await counters.reserve('a', [spend], never);
  await counters.settle('a', used === undefined ? {} : { spend: used });
  expect((await counters.reserve('b', [{ ...spend, amount: 0 }], never)).states).toMatchObject([{ remaining: 40 }]);
});

it('what is renewed does not keep what is not from expiring', async () => {
  const { clock, counters } = open();
  for (const id of ['a', 'b']) await counters.reserve(id, [{ ...slot, limit: 2 }], never);
  clock.advance(counters.leaseMs / 2);
  await counters.renew(['a']);
  clock.advance(counters.leaseMs / 2);
  expect((await counters.reserve('c', [{ ...slot, limit: 2 }], never)).ok).toBe(true);
});
