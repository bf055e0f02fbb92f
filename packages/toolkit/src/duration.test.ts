import { describe, expect, it } from 'vitest';
import { durationMs } from './duration.js';

describe('a time as people write it', () => {
  it.each([
    ['0s', 0],
    ['30s', 30_000],
    ['15m', 900_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
    ['2w', 1_209_600_000],
  ])('%s', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it.each(['30', '30x', 'xs', '1h30m', 'constructor'])('%j is none', (text) => {
    expect(durationMs(text)).toBeNaN();
  });
});
