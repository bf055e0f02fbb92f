import { describe, expect, it } from 'vitest';
import { createBench } from './__fixtures__/bench.js';
import { snapshotOf } from './__fixtures__/snapshots.js';
import { SnapshotHolder } from './snapshot.js';
import type { Generation } from './snapshot.js';

/** Tables and stages of its own. */
function generationOf(version: string): Generation {
  return createBench({ snapshot: snapshotOf([], [], version) }).snapshots.current;
}

const first = generationOf('first');
const second = generationOf('second');

/** Whether a promise has resolved by now. */
async function isResolved(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol();
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
}

describe('SnapshotHolder', () => {
  it('leases the generation of the moment, tables and stages alike', () => {
    const holder = new SnapshotHolder(first);
    const early = holder.acquire();
    void holder.swap(second);
    const late = holder.acquire();
    expect([early.snapshot, late.snapshot, holder.current.snapshot]).toEqual([
      first.snapshot,
      second.snapshot,
      second.snapshot,
    ]);
    expect([early.ports === first.ports, late.ports === second.ports]).toEqual([true, true]);
  });

  it('counts the leases on the current snapshot', () => {
    const holder = new SnapshotHolder(first);
    const lease = holder.acquire();
    holder.acquire();
    lease.release();
    lease.release();
    expect(holder.leases).toBe(1);
  });

  it('tells when nobody reads the old snapshot any more', async () => {
    const holder = new SnapshotHolder(first);
    const leases = [holder.acquire(), holder.acquire()];
    const idle = holder.swap(second);
    const seen = [await isResolved(idle)];
    for (const lease of leases) {
      lease.release();
      seen.push(await isResolved(idle));
    }
    expect(seen).toEqual([false, false, true]);
  });

  it('need not wait for a snapshot that nobody reads', async () => {
    const holder = new SnapshotHolder(first);
    await expect(holder.swap(second)).resolves.toBeUndefined();
  });

  it('waits for each old snapshot by itself', async () => {
    const holder = new SnapshotHolder(first);
    const oldest = holder.acquire();
    const firstIdle = holder.swap(second);
    const older = holder.acquire();
    const secondIdle = holder.swap(first);
    older.release();
    const seen = [await isResolved(firstIdle), await isResolved(secondIdle)];
    oldest.release();
    expect([...seen, await isResolved(firstIdle)]).toEqual([false, true, true]);
  });
});
