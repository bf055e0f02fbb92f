import { expect, it } from 'vitest';
import { countLine } from './count.js';

it('says nothing of skipped tests where there were none', () => {
  expect(countLine({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
});

it('names skipped tests last', () => {
  expect(countLine({ passed: 12, failed: 1, skipped: 2 })).toBe('12 passed, 1 failed, 2 skipped');
});
