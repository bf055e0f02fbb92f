import type { Clock } from '@sluice/contract';

/** A clock that only a test moves. */
export interface ManualClock extends Clock {
  /** Moves both clocks forward, firing every timer that falls due at its own time, earliest first. */
  advance(ms: number): void;
  /** Moves `now()` alone, forward or back, as an operator or NTP would; no timer fires. */
  stepWallClock(ms: number): void;
  /** Timers that have neither fired nor been cancelled. */
  readonly pending: number;
}

interface Timer {
  readonly dueMs: number;
  readonly run: () => void;
}

/** A clock that stands at `startMs` until it is moved. Timers set while it advances fire in the same advance when due. */
export function createManualClock(startMs = 1_700_000_000_000): ManualClock {
  const timers = new Set<Timer>();
  let elapsedMs = 0;
  let wallOffsetMs = startMs;

  // A Set keeps the order of insertion, so timers due at one instant fire as they were set.
  const earliest = (): Timer | undefined => {
    let first: Timer | undefined;
    for (const timer of timers) if (!first || timer.dueMs < first.dueMs) first = timer;
    return first;
  };

  return {
    now: () => wallOffsetMs + elapsedMs,
    monotonic: () => elapsedMs,
    after(ms, run) {
      const timer: Timer = { dueMs: elapsedMs + Math.max(0, ms), run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(ms) {
      if (ms < 0) throw new RangeError('A monotonic clock cannot go back; use stepWallClock.');
      const targetMs = elapsedMs + ms;
      for (let timer = earliest(); timer && timer.dueMs <= targetMs; timer = earliest()) {
        timers.delete(timer);
        elapsedMs = timer.dueMs;
        timer.run();
      }
      elapsedMs = targetMs;
    },
    stepWallClock(ms) {
      wallOffsetMs += ms;
    },
    get pending() {
      return timers.size;
    },
  };
}
