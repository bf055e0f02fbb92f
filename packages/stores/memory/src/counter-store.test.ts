import { counterStoreSuite, createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { createMemoryCounterStore } from './index.js';

counterStoreSuite('memory', () => {
  const clock = createManualClock();
  return { store: createMemoryCounterStore({ clock }), advance: (ms) => clock.advance(ms) };
});

const never = new AbortController().signal;
const claim = { scope: 'key:a', kind: 'window', name: 'requests', amount: 1, limit: 1, windowMs: 1_000 } as const;

describe('a clock on the wall that is set', () => {
  it.each([-3_600_000, 3_600_000])('by %i ms ends fixed windows in time', async (stepMs) => {
    const clock = createManualClock();
    const store = createMemoryCounterStore({ clock });
    await store.reserve('a', [claim], never);
    clock.stepWallClock(stepMs);
    clock.advance(999);
    expect((await store.reserve('b', [claim], never)).ok).toBe(false);
    clock.advance(1);
    expect((await store.reserve('c', [claim], never)).ok).toBe(true);
  });

  it('back over midnight opens no second day', async () => {
    const clock = createManualClock(Date.UTC(2026, 10, 26, 0, 10));
    const store = createMemoryCounterStore({ clock });
    await store.reserve('a', [{ ...claim, span: 'day' }], never);
    clock.stepWallClock(-3_600_000);
    expect((await store.reserve('b', [{ ...claim, span: 'day' }], never)).ok).toBe(false);
  });

  it('back by a year blocks nobody for a year', async () => {
    const clock = createManualClock(Date.UTC(2027, 10, 26));
    const store = createMemoryCounterStore({ clock });
    await store.reserve('a', [{ ...claim, span: 'month' }], never);
    clock.stepWallClock(-365 * 86_400_000);
    expect((await store.reserve('b', [{ ...claim, span: 'month' }], never)).ok).toBe(true);
  });
});

it('frees each reservation when its own lease is over, whatever was settled and renewed between', async () => {
  const clock = createManualClock();
  const store = createMemoryCounterStore({ clock, leaseMs: 30_000 });
  const held = { ...claim, kind: 'gauge', name: 'concurrent', limit: 10, windowMs: 0 } as const;
  const free = async (): Promise<number> => {
    const asked = await store.reserve('look', [{ ...held, amount: 0 }], never);
    await store.cancel('look');
    return asked.states[0]?.remaining ?? Number.NaN;
  };
  const frees: number[] = [];
  for (const id of ['a', 'b', 'c', 'd']) {
    await store.reserve(id, [held], never);
    clock.advance(10_000);
    frees.push(await free());
    if (id === 'b') await store.renew(['a']);
    if (id === 'c') await store.settle('b', {});
  }
  for (let looks = 0; looks < 2; looks += 1) {
    clock.advance(10_000);
    frees.push(await free());
  }
  expect(frees).toEqual([9, 8, 7, 7, 9, 10]);
});
