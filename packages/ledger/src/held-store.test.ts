import { gatewayError } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { createLedger } from './index.js';
import { intent, ledgerRig, settlement } from './__fixtures__/ledger-rig.js';

describe('a store that another process holds', () => {
  it('is asked again, for what came meanwhile too, and fails nobody', async () => {
    const rig = ledgerRig();
    rig.isHeld = true;
    const opened = [rig.ledger.open(intent('a'))];
    rig.turn();
    opened.push(rig.ledger.open(intent('b')));
    rig.clock.advance(5);
    rig.isHeld = false;
    rig.clock.advance(5);
    await Promise.all(opened);
    expect(rig.commits).toEqual([{ intents: 2, settlements: 0 }]);
    expect(rig.errors).toEqual([]);
  });

  it('is failing after two seconds, and at once until it is free', async () => {
    const rig = ledgerRig();
    rig.isHeld = true;
    const first = rig.ledger.open(intent('a'));
    rig.turn();
    expect(rig.ledger.isFailing).toBe(false);
    for (let ms = 0; ms < 2_000; ms += 5) rig.clock.advance(5);
    await expect(first).rejects.toMatchObject({ code: 'storage_unavailable' });
    const second = rig.ledger.open(intent('b'));
    rig.turn(4);
    await expect(second).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(rig.ledger.isFailing).toBe(true);
  });

  it('keeps settlements, in silence for as long, and gives none of them up', () => {
    const rig = ledgerRig();
    rig.isHeld = true;
    for (const id of ['a', 'b']) rig.ledger.settle(settlement(id));
    for (let ms = 0; ms < 2_000; ms += 10) rig.clock.advance(10);
    expect(rig.errors).toEqual([]);
    for (let ms = 0; ms < 2_000; ms += 10) rig.clock.advance(10);
    expect(new Set(rig.errors.map(({ message }) => message))).toEqual(new Set(['Held.']));
    rig.isHeld = false;
    rig.clock.advance(250);
    expect(rig.settlements).toEqual(['a', 'b']);
  });

  it('takes settlements a moment after it is free', () => {
    const rig = ledgerRig();
    rig.isHeld = true;
    rig.ledger.settle(settlement('a'));
    for (let ms = 0; ms < 40; ms += 5) rig.clock.advance(5);
    rig.isHeld = false;
    rig.clock.advance(5);
    expect(rig.settlements).toEqual(['a']);
  });

  it('is waited for by a flush', async () => {
    const rig = ledgerRig();
    rig.isHeld = true;
    rig.ledger.settle(settlement('a'));
    const flushed = rig.ledger.flush();
    rig.turn();
    rig.isHeld = false;
    rig.turn();
    await flushed;
    expect(rig.settlements).toEqual(['a']);
  });

  it('is left alone between two tries of a flush for as long as it asks for', async () => {
    const clock = createManualClock();
    const triedAtMs: number[] = [];
    const append = (): void => {
      triedAtMs.push(clock.monotonic());
      if (triedAtMs.length < 4) throw gatewayError('storage_unavailable', { details: { retryAfterMs: 1 } });
    };
    const wait = async (ms: number): Promise<void> => clock.advance(ms);
    const ledger = createLedger({ repository: { append }, clock, onError: () => undefined, wait });
    ledger.settle(settlement('a'));
    await ledger.flush();
    expect(triedAtMs).toEqual([0, 1, 2, 3]);
  });
});
