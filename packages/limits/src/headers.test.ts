import { expect, it } from 'vitest';
import { formatDuration } from './headers.js';

it.each([
  [0, '0ms'],
  [0.2, '1ms'],
  [250, '250ms'],
  [999.5, '1s'],
  [1_000, '1s'],
  [1_001, '2s'],
  [59_999, '1m0s'],
  [60_000, '1m0s'],
  [360_000, '6m0s'],
  [3_661_000, '1h1m1s'],
])('writes %d ms as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
