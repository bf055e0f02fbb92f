import type { Clock } from '@sluice/contract';

/** The longest time a timer of the runtime can run. */
export const MAX_TIMER_MS = 2_147_483_647;

/** The process's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(Math.max(0, ms), MAX_TIMER_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
