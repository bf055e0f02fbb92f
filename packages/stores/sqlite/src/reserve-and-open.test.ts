import { DatabaseSync } from 'node:sqlite';
import type { Claim } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { SPENDING, never, slot } from './__fixtures__/claims.js';
import { CountingMember } from './__fixtures__/counting-member.js';
import { ledgerIntent, ledgerSettlement } from './__fixtures__/rows.js';
import { temporaryPath, temporaryStore } from './__fixtures__/temporary-store.js';

const window = { ...SPENDING, limit: 100 };
const money = (amount: number): Claim => ({ ...window, amount });
const slotOfTwo: Claim = { ...slot, limit: 2 };
const row = (id: string) => ledgerIntent({ id });

/** A process that counts, and what the database has of it. */
function open() {
  const path = temporaryPath();
  temporaryStore({ path }).close();
  const clock = createManualClock();
  const member = new CountingMember({ path, clock, holder: 1, isAlive: () => true });
  const database = new DatabaseSync(path);
  onTestFinished(() => {
    database.close();
    member.kill();
  });
  const list = (sql: string): readonly unknown[] =>
    database
      .prepare(sql)
      .all()
      .map((found) => Object.values(found)[0]);
  return {
    ...{ path, clock, member, counters: member.counters, database },
    rows: () => list('SELECT id FROM ledger_intents ORDER BY id'),
    counted: () => list("SELECT used FROM counts WHERE key LIKE '%spend%'"),
    held: () => list('SELECT held FROM count_holds WHERE held <> 0'),
  };
}

it('a row is there with what was reserved, and nothing is held of a window for others to give back', async () => {
  const { counters, rows, counted, held } = open();
  const granted = await counters.reserveAndOpen(row('a'), [money(40), slot], never);
  expect(granted).toMatchObject({ ok: true, id: 'a', states: [{ remaining: 60 }, { remaining: 0 }] });
  expect([rows(), counted(), held()]).toEqual([['a'], [40], [1]]);
  await counters.settle('a', { spend: 30 });
  expect([counted(), held()]).toEqual([[30], []]);
});

it('of many that come at once there are as many rows as fit, each in the transaction of its reservation', async () => {
  const { member, counters, rows, counted } = open();
  const asked = Array.from({ length: 30 }, (_, at) => counters.reserveAndOpen(row(`r${at}`), [money(10)], never));
  member.record(['other']);
  const granted = (await Promise.all(asked)).flatMap((result) => (result.ok ? [result.id] : []));
  expect(granted).toHaveLength(10);
  expect(rows()).toEqual(['other', ...granted].sort());
  expect(counted()).toEqual([100]);
});

it('where the transaction fails there is neither a row nor a count, and the next one has both', async () => {
  const { member, counters, rows, counted } = open();
  const reserve = () => counters.reserveAndOpen(row('a'), [money(40)], never);
  await member.failing(() => expect(reserve()).rejects.toMatchObject({ code: 'storage_unavailable' }));
  expect([rows(), counted()]).toEqual([[], []]);
  expect((await reserve()).ok).toBe(true);
  expect([rows(), counted()]).toEqual([['a'], [40]]);
});

it('a reservation that was given up, or whose caller has left, leaves no row', async () => {
  const { counters, rows, counted } = open();
  const caller = new AbortController();
  const asked = Promise.allSettled([
    counters.reserveAndOpen(row('given up'), [money(10)], never),
    counters.reserveAndOpen(row('left'), [money(10)], caller.signal),
    counters.reserveAndOpen(row('never asked'), [money(10)], AbortSignal.abort(new Error('gone before'))),
  ]);
  caller.abort(new Error('left'));
  await counters.cancel('given up');
  expect(await asked).toMatchObject([
    { reason: { code: 'storage_unavailable' } },
    { reason: new Error('left') },
    { reason: new Error('gone before') },
  ]);
  expect([rows(), counted()]).toEqual([[], []]);
});

it('while another process holds the database it waits, and is then reserved and written once', async () => {
  const { clock, counters, database, rows, counted } = open();
  database.exec('BEGIN IMMEDIATE');
  const reserving = counters.reserveAndOpen(row('a'), [money(40)], never);
  for (let looks = 0; looks < 3; looks += 1) {
    await new Promise(setImmediate);
    clock.advance(10);
  }
  database.exec('COMMIT');
  clock.advance(10);
  expect((await reserving).ok).toBe(true);
  expect([rows(), counted()]).toEqual([['a'], [40]]);
});

it('one that was reserved without a row has it from now on, and takes nothing more', async () => {
  const { counters, rows, counted, held } = open();
  await counters.reserve('a', [money(40)], never);
  expect([rows(), held()]).toEqual([[], [40]]);
  expect((await counters.reserveAndOpen(row('a'), [money(40)], never)).ok).toBe(true);
  expect([rows(), counted(), held()]).toEqual([['a'], [40], []]);
});

it('a row that cannot be written takes those with it who bring one too, and nobody who settles or gives back', async () => {
  const { counters, rows, counted, held } = open();
  for (const id of ['a', 'b']) await counters.reserveAndOpen(row(id), [money(20), slotOfTwo], never);
  const broken = { ...row('broken'), route: undefined as never };
  const asked = await Promise.allSettled([
    counters.settle('a', { spend: 5 }),
    counters.reserveAndOpen(broken, [money(10)], never),
    counters.cancel('b'),
    counters.reserveAndOpen(row('beside'), [money(10)], never),
    counters.reserve('plain', [money(10)], never),
  ]);
  expect(asked.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled']);
  expect(asked[1]).toMatchObject({ reason: { code: 'storage_unavailable', message: 'The database cannot be used.' } });
  expect([rows(), counted(), held()]).toEqual([['a', 'b'], [15], [10]]);
});

it('what expires with a row stays counted, and is settled late', async () => {
  const { clock, counters, counted } = open();
  await counters.reserveAndOpen(row('a'), [money(40), slot], never);
  clock.advance(counters.leaseMs + 1);
  expect((await counters.reserve('b', [slot], never)).ok).toBe(true);
  expect(counted()).toEqual([40]);
  await counters.settle('a', { spend: 10 });
  expect(counted()).toEqual([10]);
});

it('the process that wrote the rows settles them, and another one finds those that it has left', async () => {
  const path = temporaryPath();
  const clock = createManualClock();
  const store = temporaryStore({ path });
  const counters = store.counters({ clock });
  await Promise.all(['a', 'b'].map((id) => counters.reserveAndOpen(row(id), [money(40)], never)));
  store.ledger.append({ intents: [], settlements: [ledgerSettlement({ id: 'a' })] });
  const other = temporaryStore({ path });
  expect(other.ledger.orphans(10)).toEqual([]);
  store.close();
  expect(other.ledger.orphans(10)).toMatchObject([{ id: 'b' }]);
  expect(other.counters({ clock }).list(window)).toMatchObject([{ used: 80 }]);
});

it('counts that go with rows of the ledger do not hurry those that come after them', async () => {
  const path = temporaryPath();
  const store = temporaryStore({ path });
  const scheduled: (() => void)[] = [];
  const counters = store.counters({ clock: createManualClock(), schedule: (run) => scheduled.push(run) });
  for (let round = 0; round < 3; round += 1) {
    const reserving = counters.reserveAndOpen(row(`r${round}`), [money(1)], never);
    store.ledger.append({ intents: [row(`other ${round}`)], settlements: [] });
    await reserving;
  }
  expect(scheduled).toHaveLength(1);
});
