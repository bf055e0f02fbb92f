import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { Lifecycle } from './lifecycle.js';

function serving() {
  const clock = createManualClock();
  return { clock, lifecycle: new Lifecycle(clock) };
}
const stateOf = (lifecycle: Lifecycle) => ({
  ready: lifecycle.isReady,
  refusing: lifecycle.isRefusing(),
  stopped: lifecycle.isStopped(),
});

describe('a gateway', () => {
  it('is ready and takes calls until it is told to drain', () => {
    expect(stateOf(serving().lifecycle)).toEqual({ ready: true, refusing: false, stopped: false });
  });

  it('in use takes calls for a second after that, though it is not ready', async () => {
    const { clock, lifecycle } = serving();
    const drained = lifecycle.drain({ isInUse: true });
    clock.advance(999);
    expect(stateOf(lifecycle)).toEqual({ ready: false, refusing: false, stopped: false });
    clock.advance(1);
    await drained;
    expect(stateOf(lifecycle)).toEqual({ ready: false, refusing: true, stopped: false });
  });

  it('that nobody uses refuses calls at once', async () => {
    const { clock, lifecycle } = serving();
    const drained = lifecycle.drain({ isInUse: false });
    clock.advance(0);
    await drained;
    expect(lifecycle.isRefusing()).toBe(true);
  });

  it('stays stopped when the grace of an earlier drain is over', async () => {
    const { clock, lifecycle } = serving();
    const drained = lifecycle.drain({ isInUse: true });
    lifecycle.stop();
    clock.advance(1_000);
    await drained;
    expect(stateOf(lifecycle)).toEqual({ ready: false, refusing: true, stopped: true });
  });
});
