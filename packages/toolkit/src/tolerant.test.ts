import { expect, it } from 'vitest';
import { asCount, asList, asObjects, asText } from './tolerant.js';

const VALUES = ['a', '', 0, 7, -1, 1.5, 2 ** 53, Number.NaN, null, undefined, true, [1, { a: 1 }, null, []], { a: 1 }];

it('takes a text that says something, and nothing else', () => {
  expect(VALUES.map(asText).filter((read) => read !== undefined)).toEqual(['a']);
});

it('takes a number that can be one of things, and nothing else', () => {
  expect(VALUES.map(asCount).filter((read) => read !== undefined)).toEqual([0, 7]);
});

it('takes a list, and of it the objects, and nothing else', () => {
  expect(VALUES.flatMap(asList)).toEqual([1, { a: 1 }, null, []]);
  expect(VALUES.flatMap(asObjects)).toEqual([{ a: 1 }]);
});
