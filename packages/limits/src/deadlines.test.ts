import { createManualClock } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { Deadlines } from './deadlines.js';

it('tells each in its time, however they were begun, and none that was met', () => {
  const clock = createManualClock();
  const deadlines = new Deadlines(clock);
  const late: [string, number][] = [];
  const begin = (name: string, ms: number) => deadlines.begin(ms, () => late.push([name, clock.monotonic() - beganMs]));
  const beganMs = clock.monotonic();
  begin('long', 500);
  const met = begin('met', 100);
  begin('short', 50);
  clock.advance(20);
  begin('later', 40);
  deadlines.end(met);
  for (let ms = 20; ms < 600; ms += 1) clock.advance(1);
  expect(late).toEqual([
    ['short', 50],
    ['later', 60],
    ['long', 500],
  ]);
});

it('sets one timer for all that are open at a time, and leaves none behind', () => {
  const clock = createManualClock();
  let [timers, open] = [0, 0];
  const deadlines = new Deadlines({
    ...clock,
    after(ms, run) {
      timers += 1;
      open += 1;
      const cancel = clock.after(ms, () => {
        open -= 1;
        run();
      });
      return () => {
        open -= 1;
        cancel();
      };
    },
  });
  const unreachable = (): void => expect.unreachable();
  for (let round = 0; round < 10; round += 1) {
    const begun = Array.from({ length: 100 }, () => deadlines.begin(500, unreachable));
    clock.advance(1);
    for (const deadline of begun) deadlines.end(deadline);
  }
  expect([timers, open]).toEqual([10, 0]);
});

it('begins anew what is begun while one is told to be late', () => {
  const clock = createManualClock();
  const deadlines = new Deadlines(clock);
  const late: number[] = [];
  const again = (): void => {
    late.push(clock.monotonic());
    if (late.length < 3) deadlines.begin(10, again);
  };
  const beganMs = clock.monotonic();
  again();
  for (let ms = 0; ms < 50; ms += 1) clock.advance(1);
  expect(late.map((ms) => ms - beganMs)).toEqual([0, 10, 20]);
});
