import { describe, expect, it } from 'vitest';
import { createManualClock } from './manual-clock.js';

describe('createManualClock', () => {
  it('moves the wall clock and the monotonic clock together', () => {
    const clock = createManualClock(1_000);
    clock.advance(250);
    expect([clock.now(), clock.monotonic()]).toEqual([1_250, 250]);
  });

  it('fires due timers by time, and by age where the time is the same', () => {
    const clock = createManualClock();
    const fired: string[] = [];
    clock.after(20, () => fired.push('later'));
    clock.after(10, () => fired.push('first'));
    clock.after(10, () => fired.push('second'));
    clock.advance(20);
    expect(fired).toEqual(['first', 'second', 'later']);
  });

  it('shows a timer the instant it was set for', () => {
    const clock = createManualClock(0);
    const seen: number[] = [];
    clock.after(10, () => seen.push(clock.now()));
    clock.advance(100);
    expect(seen).toEqual([10]);
  });

  it('fires a timer that a timer sets, within the same advance', () => {
    const clock = createManualClock();
    let fired = 0;
    const again = (): void => {
      fired += 1;
      clock.after(10, again);
    };
    clock.after(10, again);
    clock.advance(35);
    expect(fired).toBe(3);
  });

  it('leaves a timer that is not due', () => {
    const clock = createManualClock();
    let fired = false;
    clock.after(10, () => (fired = true));
    clock.advance(9);
    expect([fired, clock.pending]).toEqual([false, 1]);
  });

  it('does not fire a cancelled timer', () => {
    const clock = createManualClock();
    let fired = false;
    const cancel = clock.after(10, () => (fired = true));
    cancel();
    clock.advance(10);
    expect(fired).toBe(false);
  });

  it('steps the wall clock without touching timers or the monotonic clock', () => {
    const clock = createManualClock(1_000);
    let fired = false;
    clock.after(10, () => (fired = true));
    clock.stepWallClock(-500);
    expect([clock.now(), clock.monotonic(), fired]).toEqual([500, 0, false]);
  });

  it('refuses to run the monotonic clock backwards', () => {
    expect(() => createManualClock().advance(-1)).toThrow(RangeError);
  });
});
