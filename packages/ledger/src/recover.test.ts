import { gatewayError } from '@sluice/contract';
import type { LedgerSettlement } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import type { ManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { intent } from './__fixtures__/ledger-rig.js';
import { keepRecovering } from './index.js';

interface Rig {
  readonly clock: ManualClock;
  readonly settled: LedgerSettlement[];
  readonly told: number[];
  readonly errors: unknown[];
  readonly stop: () => void;
  /** Processes that end leave these behind. */
  leave(count: number): void;
  fail: boolean;
  /** While true, another process holds the store. */
  isHeld: boolean;
}

/** Recovery over a store from which an orphan goes when it is settled. */
function recovery(left: number): Rig {
  const clock = createManualClock(5_000);
  const orphans = new Map<string, ReturnType<typeof intent>>();
  const rig = {
    clock,
    settled: [] as LedgerSettlement[],
    told: [] as number[],
    errors: [] as unknown[],
    fail: false,
    isHeld: false,
  };
  const leave = (count: number): void => {
    for (let at = 0; at < count; at += 1) orphans.set(`row-${at}`, intent(`row-${at}`));
  };
  leave(left);
  const stop = keepRecovering({
    clock,
    repository: {
      orphans: (limit) => [...orphans.values()].slice(0, limit),
      append({ settlements }) {
        if (rig.isHeld) throw gatewayError('storage_unavailable', { details: { retryAfterMs: 5 } });
        if (rig.fail) throw gatewayError('storage_unavailable');
        rig.settled.push(...settlements);
        for (const { id } of settlements) orphans.delete(id);
      },
    },
    onRecovered: (count) => rig.told.push(count),
    onError: (cause) => rig.errors.push(cause),
  });
  return Object.assign(rig, { stop, leave });
}

describe('recovery of the rows that a killed process left open', () => {
  it('settles them at once, as interrupted and with their use unknown', () => {
    const { settled, clock } = recovery(1);
    expect(settled).toEqual([
      {
        id: 'row-0',
        settledAtMs: 5_000,
        status: 500,
        errorCode: 'interrupted',
        attempts: [],
        inputTokens: 0,
        outputTokens: 0,
        cachedTokens: 0,
        usageSource: 'unknown',
        durationMs: 0,
      },
    ]);
    expect(clock.pending).toBe(1);
  });

  it('settles many in parts, with room for others between them, and tells of all of them together', () => {
    const { settled, clock, told } = recovery(1_000);
    expect(settled).toHaveLength(256);
    clock.advance(10);
    expect(new Set(settled.map(({ id }) => id)).size).toBe(1_000);
    expect([settled.length, told]).toEqual([1_000, [1_000]]);
  });

  it('settles those of a process that ends later, within five seconds', () => {
    const rig = recovery(0);
    expect(rig.told).toEqual([]);
    rig.leave(3);
    rig.clock.advance(5_000);
    expect([rig.settled.length, rig.told]).toEqual([3, [3]]);
  });

  it('tries again where the store fails, and reports it', () => {
    const rig = recovery(0);
    rig.fail = true;
    rig.leave(2);
    rig.clock.advance(2_000);
    expect([rig.errors.length, rig.settled]).toEqual([1, []]);
    rig.fail = false;
    rig.clock.advance(2_000);
    expect([rig.settled.length, rig.told]).toEqual([2, [2]]);
  });

  it('ends when it is told to', () => {
    const { stop, clock } = recovery(0);
    stop();
    expect(clock.pending).toBe(0);
  });

  it('goes on as soon as another process has let go of the store, and says nothing of it', () => {
    const rig = recovery(0);
    rig.leave(3);
    rig.isHeld = true;
    rig.clock.advance(2_000);
    rig.isHeld = false;
    rig.clock.advance(5);
    rig.clock.advance(0);
    expect([rig.settled.length, rig.told, rig.errors]).toEqual([3, [3], []]);
  });
});
