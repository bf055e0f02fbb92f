import fc from 'fast-check';
import { expect, it } from 'vitest';
import { answer } from './answers.js';

const callsOf = (shape: Parameters<typeof answer>[0]) =>
  fc.sample(answer(shape), 50).flatMap(({ content }) => content.filter(({ type }) => type === 'tool-call'));

it('has calls of tools, but not of a vendor that has none', () => {
  expect([callsOf({}).length > 0, callsOf({ tools: false })]).toEqual([true, []]);
});
