import { readdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LedgerRepository } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { ledgerIntent, ledgerSettlement } from './__fixtures__/rows.js';
import { temporaryPath, temporaryStore } from './__fixtures__/temporary-store.js';

const LIMIT = 100;
const idsOf = (ledger: LedgerRepository, limit = LIMIT): readonly string[] => ledger.orphans(limit).map(({ id }) => id);

function open(ledger: LedgerRepository, ...ids: readonly string[]): void {
  ledger.append({ intents: ids.map((id) => ledgerIntent({ id })), settlements: [] });
}

describe('open intents', () => {
  it('are nobody else’s while the store that wrote them is open', () => {
    const path = temporaryPath();
    const first = temporaryStore({ path });
    open(first.ledger, 'row-1');
    expect(idsOf(temporaryStore({ path }).ledger)).toEqual([]);
    expect(idsOf(first.ledger)).toEqual([]);
  });

  it('are found, as they were written, by whoever looks after it was closed', () => {
    const path = temporaryPath();
    const first = temporaryStore({ path });
    const intent = ledgerIntent({ clientRequestId: 'mine', stream: true });
    first.ledger.append({ intents: [intent, ledgerIntent({ id: 'row-2' })], settlements: [] });
    first.ledger.append({ intents: [], settlements: [ledgerSettlement({ id: 'row-2' })] });
    first.close();
    expect(temporaryStore({ path }).ledger.orphans(LIMIT)).toStrictEqual([intent]);
  });

  it('are found until they are settled, and no more of them at once than asked for', () => {
    const path = temporaryPath();
    const first = temporaryStore({ path });
    open(first.ledger, 'row-1', 'row-2', 'row-3');
    first.close();
    const { ledger } = temporaryStore({ path });
    const found = idsOf(ledger, 2);
    ledger.append({ intents: [], settlements: found.map((id) => ledgerSettlement({ id })) });
    expect([...found, ...idsOf(ledger, 2)].toSorted()).toEqual(['row-1', 'row-2', 'row-3']);
  });

  it('are settled once where two processes settle them', () => {
    const path = temporaryPath();
    const first = temporaryStore({ path });
    open(first.ledger, 'row-1');
    first.close();
    const [one, other] = [temporaryStore({ path }).ledger, temporaryStore({ path }).ledger];
    expect([idsOf(one), idsOf(other)]).toEqual([['row-1'], ['row-1']]);
    one.append({ intents: [], settlements: [ledgerSettlement({ status: 500 })] });
    other.append({ intents: [], settlements: [ledgerSettlement({ status: 501 })] });
    expect(one.find('row-1')?.settlement?.status).toBe(500);
  });

  it('are not forgotten where a process that settles them leaves too', () => {
    const path = temporaryPath();
    const first = temporaryStore({ path });
    open(first.ledger, 'row-1');
    first.close();
    const second = temporaryStore({ path });
    expect(idsOf(second.ledger)).toEqual(['row-1']);
    second.close();
    expect(idsOf(temporaryStore({ path }).ledger)).toEqual(['row-1']);
  });
});

describe('the lock of an owner', () => {
  const locksIn = (path: string): readonly string[] =>
    readdirSync(dirname(path)).filter((name) => name.includes('-owner-'));

  it('is there while the store is open, alone, and goes with it', () => {
    const path = temporaryPath();
    const store = temporaryStore({ path });
    open(store.ledger, 'row-1');
    expect(locksIn(path)).toEqual(['sluice.db-owner-1']);
    store.close();
    expect(locksIn(path)).toEqual([]);
  });

  it('is not taken by a command that only reads', () => {
    const path = temporaryPath();
    temporaryStore({ path }).ledger.page({ limit: 1 });
    expect(locksIn(path)).toEqual([]);
  });

  it('is another one where that of a database which was moved away is still held', () => {
    const path = temporaryPath();
    open(temporaryStore({ path }).ledger, 'row-1');
    for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`);
    const { ledger } = temporaryStore({ path });
    open(ledger, 'row-1');
    expect(locksIn(path).toSorted()).toEqual(['sluice.db-owner-1', 'sluice.db-owner-2']);
  });
});
