import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { concurrencyProblems, concurrencyShape, toGateRules } from './index.js';

const parse = (value: unknown) => z.strictObject(concurrencyShape).parse(value);

describe('the rules of a gate', () => {
  it.for([
    [{}, undefined],
    [{ maxConcurrent: 10 }, { maxConcurrent: 10, maxWaiting: 20, maxWaitMs: 500 }],
    [{ maxConcurrent: 0 }, { maxConcurrent: 0, maxWaiting: 0, maxWaitMs: 500 }],
    [
      { maxConcurrent: 10, minConcurrent: 2 },
      { maxConcurrent: 10, minConcurrent: 2, maxWaiting: 20, maxWaitMs: 500 },
    ],
    [
      { maxConcurrent: 10, queue: { maxWaitMs: 0 } },
      { maxConcurrent: 10, maxWaiting: 20, maxWaitMs: 0 },
    ],
    [
      { maxConcurrent: 10, queue: { maxWaiting: 3 } },
      { maxConcurrent: 10, maxWaiting: 3, maxWaitMs: 500 },
    ],
  ])('for %j are %j', ([settings, rules]) => {
    expect(toGateRules(parse(settings))).toEqual(rules);
  });
});

describe('what does not go together', () => {
  it.for([
    [{ maxConcurrent: 4, minConcurrent: 4, queue: {} }, []],
    [{ minConcurrent: 4 }, ['minConcurrent']],
    [{ queue: {} }, ['queue']],
    [{ maxConcurrent: 4, minConcurrent: 5 }, ['minConcurrent']],
  ] as const)('of %j: %j', ([settings, wrong]) => {
    expect(concurrencyProblems(parse(settings)).map(([setting]) => setting)).toEqual(wrong);
  });

  it.for([{ maxConcurrent: -1 }, { minConcurrent: 0 }, { maxConcurrent: 1, queue: { maxWaitMs: 60_001 } }])(
    '%j is no setting',
    (settings) => {
      expect(() => parse(settings)).toThrow();
    },
  );
});
