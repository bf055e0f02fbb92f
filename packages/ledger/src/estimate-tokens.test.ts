import { expect, it } from 'vitest';
import { estimateTokens } from './index.js';

it.each([
  [0, 0],
  [1, 1],
  [4, 1],
  [5, 2],
  [4_000, 1_000],
])('takes %i characters for %i tokens', (characters, tokens) => {
  expect(estimateTokens(characters)).toBe(tokens);
});
