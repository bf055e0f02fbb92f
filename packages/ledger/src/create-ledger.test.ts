import { describe, expect, it } from 'vitest';
import { createManualClock } from '@sluice/testkit';
import { intent, ledgerRig, settlement } from './__fixtures__/ledger-rig.js';
import { createLedger } from './index.js';

const storageUnavailable: unknown = expect.objectContaining({ code: 'storage_unavailable' });

describe('opening an intent', () => {
  it('resolves once its batch is committed', async () => {
    const rig = ledgerRig();
    const opened = rig.ledger.open(intent('a'));
    rig.turn();
    await opened;
    expect(rig.intents).toEqual(['a']);
  });

  it('writes nothing before the event loop has turned', () => {
    const rig = ledgerRig();
    void rig.ledger.open(intent('a'));
    expect(rig.commits).toEqual([]);
  });

  it('commits everything of one turn in one transaction', async () => {
    const rig = ledgerRig();
    const opened = ['a', 'b', 'c'].map((id) => rig.ledger.open(intent(id)));
    rig.turn();
    await Promise.all(opened);
    expect(rig.commits).toEqual([{ intents: 3, settlements: 0 }]);
  });

  it('rejects every intent of a batch that could not be written', async () => {
    const rig = ledgerRig();
    rig.fail = true;
    const opened = Promise.allSettled([rig.ledger.open(intent('a')), rig.ledger.open(intent('b'))]);
    rig.turn();
    const rejected = { status: 'rejected', reason: storageUnavailable };
    expect(await opened).toEqual([rejected, rejected]);
  });

  it('turns any error of the store into storage_unavailable with its cause', async () => {
    const cause = new Error('ENOSPC');
    const repository = {
      append: () => {
        throw cause;
      },
    };
    const ledger = createLedger({ repository, clock: createManualClock(), onError: () => undefined });
    await expect(ledger.open(intent('a'))).rejects.toMatchObject({ code: 'storage_unavailable', cause });
  });

  it('works again as soon as the store does', async () => {
    const rig = ledgerRig();
    rig.fail = true;
    const refused = rig.ledger.open(intent('a')).catch(() => 'refused');
    rig.turn();
    rig.fail = false;
    const opened = rig.ledger.open(intent('b'));
    rig.clock.advance(1);
    rig.turn(4);
    await opened;
    expect(await refused).toBe('refused');
    expect(rig.intents).toEqual(['b']);
  });

  it('lets turns pass right after a commit, so that more intents share the next one', () => {
    const rig = ledgerRig();
    void rig.ledger.open(intent('a'));
    rig.turn();
    void rig.ledger.open(intent('b'));
    rig.turn();
    void rig.ledger.open(intent('c'));
    rig.turn(3);
    expect(rig.commits).toEqual([
      { intents: 1, settlements: 0 },
      { intents: 2, settlements: 0 },
    ]);
  });

  it('lets four turns pass under load, whether they bring more or not', () => {
    const rig = ledgerRig();
    void rig.ledger.open(intent('a'));
    rig.turn();
    for (const id of ['b', 'c', 'd', 'e', 'f']) {
      void rig.ledger.open(intent(id));
      rig.turn();
    }
    rig.turn(2);
    expect(rig.intents).toEqual(['a', 'b', 'c', 'd', 'e']);
    rig.turn();
    expect(rig.commits.map((commit) => commit.intents)).toEqual([1, 4, 1]);
  });

  it('does not wait for company when the commit before is a millisecond ago', () => {
    const rig = ledgerRig();
    void rig.ledger.open(intent('a'));
    rig.turn();
    rig.clock.advance(1);
    void rig.ledger.open(intent('b'));
    rig.turn();
    expect(rig.intents).toEqual(['a', 'b']);
  });
});

describe('settling', () => {
  it('shares a transaction with other settlements, never with intents', () => {
    const rig = ledgerRig();
    rig.ledger.settle(settlement('a'));
    rig.ledger.settle(settlement('b'));
    void rig.ledger.open(intent('c'));
    rig.turn();
    rig.clock.advance(5);
    expect(rig.commits).toEqual([
      { intents: 1, settlements: 0 },
      { intents: 0, settlements: 2 },
    ]);
  });

  it('is written after 5 ms', () => {
    const rig = ledgerRig();
    rig.ledger.settle(settlement('a'));
    rig.clock.advance(4);
    expect(rig.settlements).toEqual([]);
    rig.clock.advance(1);
    expect(rig.settlements).toEqual(['a']);
  });

  it('sets one timer for many settlements, and none when nothing waits', () => {
    const rig = ledgerRig();
    rig.ledger.settle(settlement('a'));
    rig.ledger.settle(settlement('b'));
    expect(rig.clock.pending).toBe(1);
    rig.clock.advance(1_000);
    expect(rig.clock.pending).toBe(0);
  });

  it('writes nothing twice when a flush took the settlement before its timer', async () => {
    const rig = ledgerRig();
    rig.ledger.settle(settlement('a'));
    await rig.ledger.flush();
    rig.clock.advance(1_000);
    expect(rig.settlements).toEqual(['a']);
  });

  it('writes more than one transaction takes without waiting again', () => {
    const rig = ledgerRig();
    for (let n = 0; n < 1_500; n += 1) rig.ledger.settle(settlement(`row-${n}`));
    rig.clock.advance(5);
    rig.turn();
    rig.turn();
    expect(rig.commits.map((commit) => commit.settlements)).toEqual([512, 512, 476]);
  });

  it('keeps a settlement that could not be written and tries again after 250 ms', () => {
    const rig = ledgerRig();
    rig.fail = true;
    rig.ledger.settle(settlement('a'));
    rig.clock.advance(5);
    rig.fail = false;
    rig.clock.advance(249);
    expect(rig.settlements).toEqual([]);
    rig.clock.advance(1);
    expect(rig.settlements).toEqual(['a']);
  });

  it('reports each failed try', () => {
    const rig = ledgerRig();
    rig.fail = true;
    rig.ledger.settle(settlement('a'));
    rig.clock.advance(5 + 250 + 250);
    expect(rig.errors).toEqual([storageUnavailable, storageUnavailable, storageUnavailable]);
  });

  it('does not let a settlement that cannot be written fail the intents after it', async () => {
    const rig = ledgerRig();
    rig.fail = 'broken';
    rig.ledger.settle(settlement('broken'));
    rig.clock.advance(5);
    const opened = rig.ledger.open(intent('b'));
    rig.turn();
    await opened;
    expect(rig.intents).toEqual(['b']);
  });

  it('gives up a settlement that cannot be written as soon as others can, and reports it', () => {
    const rig = ledgerRig();
    rig.fail = 'broken';
    for (const id of ['a', 'broken', 'c']) rig.ledger.settle(settlement(id));
    rig.clock.advance(5);
    expect(rig.settlements).toEqual(['a', 'c']);
    expect(rig.errors.map(({ message }) => message)).toEqual([
      'The disk is full.',
      'The settlement of broken was lost: the store refuses it.',
    ]);
  });

  it('keeps a settlement that cannot be written while none behind it can', () => {
    const rig = ledgerRig();
    rig.fail = 'b';
    for (const id of ['a', 'b']) rig.ledger.settle(settlement(id));
    rig.clock.advance(5);
    rig.turn();
    rig.fail = false;
    rig.clock.advance(250);
    expect(rig.settlements).toEqual(['a', 'b']);
  });

  it('keeps all when the store fails, and tries a few of them only', () => {
    let tries = 0;
    const append = () => {
      tries += 1;
      throw new Error('The disk is full.');
    };
    const clock = createManualClock();
    const ledger = createLedger({ repository: { append }, clock, onError: () => undefined });
    for (let n = 0; n < 100; n += 1) ledger.settle(settlement(`row-${n}`));
    clock.advance(5);
    expect(tries).toBe(9);
  });

  it('keeps the newest 10,000 settlements and reports what it lost', async () => {
    const rig = ledgerRig();
    rig.fail = true;
    for (let n = 0; n <= 10_000; n += 1) rig.ledger.settle(settlement(`row-${n}`));
    expect(rig.errors.map((error) => error.message)).toEqual([expect.stringMatching(/settlement of row-0 was lost/)]);
    rig.fail = false;
    await rig.ledger.flush();
    expect([rig.settlements.length, rig.settlements[0]]).toEqual([10_000, 'row-1']);
  });
});

describe('flushing', () => {
  it('writes the intents and settlements that wait', async () => {
    const rig = ledgerRig();
    const opened = rig.ledger.open(intent('a'));
    rig.ledger.settle(settlement('a'));
    await rig.ledger.flush();
    await opened;
    expect([rig.intents, rig.settlements]).toEqual([['a'], ['a']]);
  });

  it('writes the whole backlog', async () => {
    const rig = ledgerRig();
    for (let n = 0; n < 2_000; n += 1) rig.ledger.settle(settlement(`row-${n}`));
    await rig.ledger.flush();
    expect(rig.settlements).toHaveLength(2_000);
  });

  it('rejects with storage_unavailable and keeps what it could not write', async () => {
    const rig = ledgerRig();
    rig.ledger.settle(settlement('a'));
    rig.fail = true;
    await expect(rig.ledger.flush()).rejects.toMatchObject({ code: 'storage_unavailable' });
    rig.fail = false;
    await rig.ledger.flush();
    expect(rig.settlements).toEqual(['a']);
  });

  it('writes everything else when one settlement cannot be written', async () => {
    const rig = ledgerRig();
    rig.fail = 'row-511';
    for (let n = 0; n < 1_000; n += 1) rig.ledger.settle(settlement(`row-${n}`));
    await rig.ledger.flush();
    expect(rig.settlements).toHaveLength(999);
  });

  it('resolves when nothing waits', async () => {
    await expect(ledgerRig().ledger.flush()).resolves.toBeUndefined();
  });
});

it('commits on the next turn of the event loop unless told otherwise', async () => {
  const written: string[] = [];
  const ledger = createLedger({
    repository: { append: ({ intents }) => void written.push(...intents.map((row) => row.id)) },
    clock: createManualClock(),
    onError: () => undefined,
  });
  await Promise.all([ledger.open(intent('a')), ledger.open(intent('b'))]);
  expect(written).toEqual(['a', 'b']);
});
