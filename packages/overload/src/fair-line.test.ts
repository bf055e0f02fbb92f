import type { Priority } from '@sluice/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairLine } from './fair-line.js';

interface One {
  readonly caller: string;
  readonly priority: Priority;
  readonly name: string;
}
const one = (caller: string, name = caller, priority: Priority = 'normal'): One => ({ caller, name, priority });
const always = (): boolean => true;

function lineOf(...waiting: readonly One[]): FairLine<One> {
  const line = new FairLine<One>();
  for (const each of waiting) line.join(each);
  return line;
}

/** Everybody in the order in which they go, each holding its place. */
function order(line: FairLine<One>): string {
  const names: string[] = [];
  for (let next = line.next(always); next; next = line.next(always)) {
    line.entered(next.caller);
    names.push(next.name);
  }
  return names.join(' ');
}

describe('the next place', () => {
  it('is for the callers in turn, and within one for who came first', () => {
    expect(order(lineOf(one('a', 'a1'), one('a', 'a2'), one('a', 'a3'), one('b', 'b1'), one('b', 'b2')))).toBe(
      'a1 b1 a2 b2 a3',
    );
  });

  it('is for the caller with the fewest places', () => {
    const line = lineOf(one('a', 'a1'), one('b', 'b1'), one('b', 'b2'), one('b', 'b3'));
    line.entered('a');
    line.entered('a');
    expect(order(line)).toBe('b1 b2 a1 b3');
  });

  it('is for what is urgent among what one caller wants, and not for that of another caller', () => {
    const line = lineOf(
      one('a', 'a1', 'low'),
      one('a', 'a2'),
      one('a', 'a3', 'high'),
      one('a', 'a4', 'high'),
      one('b', 'b1', 'low'),
    );
    expect(order(line)).toBe('a3 b1 a4 a2 a1');
  });

  it('is for the first that may go', () => {
    const line = lineOf(one('a', 'full'), one('a', 'free'));
    expect(line.next(({ name }) => name === 'free')?.name).toBe('free');
    expect(line.next(() => false)).toBeUndefined();
    expect(line.size).toBe(1);
  });
});

describe('who gives way in a full line', () => {
  it('is the last of the caller that asks for most', () => {
    const line = lineOf(one('a', 'a1'), one('a', 'a2'), one('a', 'a3'), one('b', 'b1'), one('b', 'b2'));
    expect(line.givesWayTo(one('b'))).toBeUndefined();
    expect(line.givesWayTo(one('c'))?.name).toBe('a3');
  });

  it('is of the callers with places, too', () => {
    const line = lineOf(one('a', 'a1'), one('b', 'b1'), one('b', 'b2'));
    for (const _ of [1, 2, 3]) line.entered('a');
    expect(line.givesWayTo(one('c'))?.name).toBe('a1');
  });

  it('is what is less urgent of the same caller', () => {
    const line = lineOf(one('a', 'a1'), one('a', 'a2', 'low'));
    expect(line.givesWayTo(one('a'))?.name).toBe('a2');
    expect(line.givesWayTo(one('a', 'x', 'low'))).toBeUndefined();
  });
});

it('leaving frees the place in line, once', () => {
  const leaver = one('a');
  const line = lineOf(leaver, one('b'));
  expect([line.leave(leaver), line.leave(leaver), line.size]).toEqual([true, false, 1]);
});

interface Held {
  readonly caller: string;
  readonly until: number;
}

/** Callers that all want more than their share, each asking so often; calls hold a place for so many steps. */
const situations = fc.record({
  places: fc.integer({ min: 1, max: 24 }),
  demands: fc.array(fc.integer({ min: 3, max: 12 }), { minLength: 2, maxLength: 6 }),
  hold: fc.integer({ min: 5, max: 12 }),
});

describe('fairness', () => {
  it('gives each caller that wants it its share of the places, within a fifth', () => {
    fc.assert(
      fc.property(situations, ({ places, demands, hold }) => {
        const got = runSteps(places, demands, hold);
        const share = 1 / demands.length;
        for (const each of got) expect(each).toBeGreaterThan(share * 0.8);
        for (const each of got) expect(each).toBeLessThan(share * 1.2 + 0.01);
      }),
      { numRuns: 60 },
    );
  });

  it('lets nobody wait for longer than each of the others has had its turns', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 20 }), (flood, callers) => {
        const line = new FairLine<One>();
        for (let each = 0; each < flood; each += 1) line.join(one('flood', 'flood'));
        for (let each = 0; each < callers; each += 1) line.join(one(`c${each}`, 'modest'));
        const gone = order(line).split(' ');
        expect(gone.lastIndexOf('modest')).toBeLessThanOrEqual(callers);
        expect(line.size).toBe(0);
      }),
    );
  });
});

/** The share of the places that each caller had, all of them wanting more than there is. */
function runSteps(places: number, demands: readonly number[], hold: number): readonly number[] {
  const line = new FairLine<One>();
  const held: Held[] = [];
  const busy = new Map(demands.map((_, at) => [`c${at}`, 0]));
  for (let step = 0; step < 1_000; step += 1) {
    while (held[0] && held[0].until <= step) line.left((held.shift() as Held).caller);
    // A caller's backlog is as long as it likes: the line is fair, whatever stands in it.
    if (step < 100) demands.forEach((demand, at) => repeat(demand * 10, () => line.join(one(`c${at}`))));
    for (let next = line.size > 0 && held.length < places && line.next(always); next;) {
      line.entered(next.caller);
      held.push({ caller: next.caller, until: step + hold });
      next = held.length < places && line.next(always);
    }
    for (const { caller } of held) busy.set(caller, (busy.get(caller) as number) + 1);
  }
  const total = [...busy.values()].reduce((sum, each) => sum + each, 0);
  return [...busy.values()].map((each) => each / total);
}

function repeat(times: number, run: () => void): void {
  for (let each = 0; each < times; each += 1) run();
}
