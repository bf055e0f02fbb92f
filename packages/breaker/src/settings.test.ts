import { describe, expect, it } from 'vitest';
import { breakerSettings } from './index.js';

describe('breakerSettings', () => {
  it('defaults to five failures and half a second', () => {
    expect(breakerSettings.parse({})).toEqual({ consecutiveFailures: 5, halfOpenAfterMs: 500 });
  });

  it.each([{ consecutiveFailures: 0 }, { halfOpenAfterMs: 1.5 }, { unknown: 1 }])('refuses %o', (settings) => {
    expect(breakerSettings.safeParse(settings).success).toBe(false);
  });
});
