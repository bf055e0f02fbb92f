import { expect, it } from 'vitest';
import { TailTime } from './tail-time.js';

/** A fixed row of numbers that look like chance, 0 to 1. */
function chance(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Times of which 95 of 100 are below `tailMs`, and half below a third of it. */
function observe(time: TailTime, tailMs: number, count: number): void {
  const random = chance();
  for (let i = 0; i < count; i += 1) time.observe((tailMs / 3) * Math.exp(Math.log(3) * (gauss(random) / 1.645)));
}
function gauss(random: () => number): number {
  let sum = 0;
  for (let i = 0; i < 12; i += 1) sum += random();
  return sum - 6;
}

it('says nothing before it has seen twenty answers', () => {
  const time = new TailTime();
  observe(time, 300, 19);
  expect(time.ms).toBeUndefined();
  time.observe(1);
  expect(time.ms).toBeGreaterThan(100);
});

it('learns the time that 95 of 100 answers stay below', () => {
  const time = new TailTime();
  observe(time, 300, 2_000);
  expect(time.ms).toBeGreaterThan(300 / 1.35);
  expect(time.ms).toBeLessThan(300 * 1.35);
});

it.for([
  ['slower', 100, 2_000],
  ['faster', 2_000, 100],
] as const)('follows a target that grows %s', ([, before, after]) => {
  const time = new TailTime();
  observe(time, before, 500);
  observe(time, after, 1_000);
  expect(time.ms).toBeGreaterThan(after / 1.35);
  expect(time.ms).toBeLessThan(after * 1.35);
});

it('takes a wait that was given up for a lower bound', () => {
  const time = new TailTime();
  for (let i = 0; i < 20; i += 1) time.observe(100);
  time.observeAtLeast(50);
  expect(time.ms).toBe(100);
  time.observeAtLeast(150);
  expect(time.ms).toBeGreaterThan(100);
});
