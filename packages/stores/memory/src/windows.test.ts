import { describe, expect, it } from 'vitest';
import { WindowTable } from './windows.js';

const minute = { amount: 1, windowMs: 60_000 };

describe('WindowTable', () => {
  it('drops the windows of idle scopes', () => {
    const table = new WindowTable();
    for (let i = 0; i < 50_000; i += 1) table.take(`key:${i}`, minute, i * 100);
    expect(table.size).toBeLessThanOrEqual(2_048);
  });

  it('keeps every window that still runs', () => {
    const table = new WindowTable();
    for (let i = 0; i < 5_000; i += 1) table.take(`key:${i}`, minute, 0);
    expect(table.used('key:0', 59_999)).toBe(1);
  });

  it('gives a window its whole length when none runs', () => {
    const table = new WindowTable();
    table.take('key:a', minute, 0);
    expect(table.resetMs('key:a', 60_000, 60_000)).toBe(60_000);
  });
});
