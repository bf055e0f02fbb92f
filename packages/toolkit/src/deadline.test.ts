import type { Clock } from '@sluice/contract';
import { expect, it, vi } from 'vitest';
import { withDeadline } from './deadline.js';

const never = new AbortController().signal;

/** Its timers fire when the test says so. */
function handClock() {
  const timers = new Map<() => void, number>();
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    after(ms, run) {
      timers.set(run, ms);
      return () => void timers.delete(run);
    },
  };
  const fire = (): void => [...timers.keys()].forEach((run) => run());
  return { clock, timers, fire };
}

it('ends the step when the time is over, and rejects', async () => {
  const { clock, timers, fire } = handClock();
  let inner: AbortSignal | undefined;
  const step = (signal: AbortSignal) => {
    inner = signal;
    return new Promise<never>(() => undefined);
  };
  const waiting = withDeadline(step, { ms: 10, clock }, never).catch((cause: unknown) => cause);
  expect([...timers.values()]).toEqual([10]);
  fire();
  expect([String(await waiting), inner?.aborted, timers.size]).toEqual(['Error: No answer within 10 ms.', true, 0]);
});

it('gives what the step gives, and leaves no timer', async () => {
  const { clock, timers } = handClock();
  expect([await withDeadline(async () => 5, { ms: 10, clock }, never), timers.size]).toEqual([5, 0]);
});

it('does not run the step where the signal has aborted before', async () => {
  const run = vi.fn(async () => 5);
  const gone = new Error('gone');
  const { clock, timers } = handClock();
  await expect(withDeadline(run, { ms: 10, clock }, AbortSignal.abort(gone))).rejects.toBe(gone);
  expect([run.mock.calls.length, timers.size]).toEqual([0, 0]);
});
