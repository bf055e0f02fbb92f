import { describe, expect, it } from 'vitest';
import { resolveTimeouts } from './timeouts.js';

describe('resolveTimeouts', () => {
  it('takes each bound from the first that sets it', () => {
    expect(resolveTimeouts({ connectMs: 1 }, { connectMs: 2, totalMs: 3 }, undefined)).toEqual({
      connectMs: 1,
      firstTokenMs: 60_000,
      idleMs: 60_000,
      totalMs: 3,
      firstTokenBindsPlain: false,
    });
  });

  it('binds plain answers by a first-token limit that somebody set', () => {
    expect(resolveTimeouts(undefined, { firstTokenMs: 5 })).toMatchObject({
      firstTokenMs: 5,
      firstTokenBindsPlain: true,
    });
  });
});
