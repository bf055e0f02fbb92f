import { describe, expect, it } from 'vitest';
import { DrillClock } from './drill-clock.js';

const START = 1_700_000_000_000;

describe('DrillClock', () => {
  it('jumps to what somebody waits for, and no further', async () => {
    const clock = new DrillClock(START);
    expect(await clock.drive(clock.until(60_000), 60_000)).toBe(true);
    expect([clock.monotonic(), clock.now()]).toEqual([60_000, START + 60_000]);
  });

  it('fires timers in the order in which they are due, those of one moment as they were set', async () => {
    const clock = new DrillClock(START);
    const fired: string[] = [];
    for (const [name, ms] of [
      ['late', 20],
      ['early', 10],
      ['early too', 10],
    ] as const)
      clock.after(ms, () => fired.push(`${name} ${clock.monotonic()}`));
    clock.after(15, () => fired.push('never'))();
    await clock.drive(clock.until(30), 30);
    expect(fired).toEqual(['early 10', 'early too 10', 'late 20']);
  });

  it('counts in whole milliseconds', async () => {
    const clock = new DrillClock(START);
    await clock.drive(clock.until(33.3), 40);
    const startedMs = clock.monotonic();
    await clock.drive(clock.until(startedMs + 600_000), 600_000);
    expect([startedMs, clock.monotonic() - startedMs]).toEqual([34, 600_000]);
  });

  it('stands still while somebody works', async () => {
    const clock = new DrillClock(START);
    clock.after(10_000, () => {});
    let isAtWork = true;
    const work = (async () => {
      for (let count = 0; count < 40; count += 1) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        clock.stir();
      }
      isAtWork = false;
      return clock.monotonic();
    })();
    await clock.drive(work, 60_000);
    expect([isAtWork, await work]).toEqual([false, 0]);
  });

  it('gives up on what will not be done in time, and on what nobody waits for', async () => {
    const clock = new DrillClock(START);
    expect(await clock.drive(clock.until(1_000), 999)).toBe(false);
    expect(clock.monotonic()).toBe(0);
    const idle = new DrillClock(START);
    expect(await idle.drive(new Promise(() => {}), 1_000)).toBe(false);
  });

  it('passes time that nobody waits in, firing what is due meanwhile', async () => {
    const clock = new DrillClock(START);
    const fired: number[] = [];
    clock.after(600_000, () => fired.push(clock.monotonic()));
    clock.after(4_000_000, () => fired.push(clock.monotonic()));
    await clock.pass(3_600_000);
    expect([fired, clock.monotonic()]).toEqual([[600_000], 3_600_000]);
  });

  it('moves its wall clock alone when that is set', () => {
    const clock = new DrillClock(START);
    clock.stepWallClock(-3_600_000);
    expect([clock.now(), clock.monotonic()]).toEqual([START - 3_600_000, 0]);
  });

  it('ends a wait that fails like one that succeeds', async () => {
    const clock = new DrillClock(START);
    const failed = clock.until(5).then(() => Promise.reject(new Error('failed')));
    expect(await clock.drive(failed, 10)).toBe(true);
    await expect(failed).rejects.toThrow('failed');
  });
});
