import { gatewayError } from '@sluice/contract';
import { expect, it } from 'vitest';
import { Patience, Waiters, sleepNow } from './patience.js';

const held = gatewayError('storage_unavailable', { details: { retryAfterMs: 5 } });

it('lasts two seconds from the first failure on, and is new after a success', () => {
  let nowMs = 100;
  const patience = new Patience({ monotonic: () => nowMs });
  expect(patience.has(held)).toBe(true);
  for (nowMs = 600; nowMs < 2_100; nowMs += 500) expect(patience.has(held)).toBe(true);
  nowMs = 2_100;
  expect(patience.has(held)).toBe(false);
  patience.renew();
  expect(patience.has(held)).toBe(true);
});

it('is for stores that are held alone', () => {
  expect(new Patience({ monotonic: () => 0 }).has(gatewayError('storage_unavailable'))).toBe(false);
});

it('is new where nobody has asked for long', () => {
  let nowMs = 0;
  const patience = new Patience({ monotonic: () => nowMs });
  for (; nowMs < 2_000; nowMs += 500) expect(patience.has(held)).toBe(true);
  expect(patience.has(held)).toBe(false);
  nowMs += 3_600_000;
  expect(patience.has(held)).toBe(true);
});

/** Fails as held until `freeAtMs`. */
function holding(freeAtMs: number) {
  let nowMs = 0;
  let timers: (() => void)[] = [];
  const clock = {
    monotonic: () => nowMs,
    after(_: number, run: () => void) {
      timers.push(run);
      return () => undefined;
    },
  };
  const work = (): string => {
    if (nowMs >= freeAtMs) return 'done';
    throw held;
  };
  const pass = async (): Promise<void> => {
    nowMs += 5;
    const due = timers;
    timers = [];
    for (const run of due) run();
    await new Promise(setImmediate);
  };
  return { clock, work, pass };
}

it('has what is held done when it is free, and at once where it is', async () => {
  const { clock, work, pass } = holding(12);
  let said = '';
  const waiters = new Waiters(clock);
  void waiters.whenFree(work).then((done) => (said = done));
  for (const expected of ['', '', 'done']) {
    await pass();
    expect(said).toBe(expected);
  }
  expect(await waiters.whenFree(async () => work())).toBe('done');
});

it('ends with the failure after two seconds, with the signal, and with any other failure', async () => {
  const { clock, work, pass } = holding(Number.POSITIVE_INFINITY);
  const waiters = new Waiters(clock);
  const failed = waiters.whenFree(work).catch((cause: unknown) => cause);
  const leaver = new AbortController();
  const left = waiters.whenFree(work, leaver.signal).catch((cause: unknown) => cause);
  leaver.abort('left');
  for (let ms = 0; ms <= 2_000; ms += 5) await pass();
  expect([await failed, await left]).toEqual([held, 'left']);
  const broken = gatewayError('storage_unavailable');
  await expect(new Waiters(clock).whenFree(() => Promise.reject(broken))).rejects.toBe(broken);
});

it('asks once in each moment, however many wait, and lets them go on in their order', async () => {
  const { clock, work, pass } = holding(50);
  const waiters = new Waiters(clock);
  const done: number[] = [];
  let asked = 0;
  const all = Array.from({ length: 100 }, async (_, at) => {
    await waiters.whenFree(() => {
      asked += 1;
      work();
      done.push(at);
    });
  });
  for (let ms = 0; ms < 50; ms += 5) await pass();
  await Promise.all(all);
  expect(done).toEqual(Array.from({ length: 100 }, (_, at) => at));
  expect(asked).toBe(100 + 50 / 5);
});

it('stands still when there is nothing else to do', () => {
  const before = performance.now();
  sleepNow(5);
  expect(performance.now() - before).toBeGreaterThan(4);
});
