import { expect, it } from 'vitest';
import { CountMap } from './count-map.js';

const minute = { kind: 'window', name: 'requests', amount: 1, limit: 1, windowMs: 60_000 } as const;
const held = { kind: 'gauge', name: 'concurrent', amount: 1, limit: 1, windowMs: 0 } as const;
const at = (monotonicMs: number) => ({ monotonicMs, wallMs: monotonicMs });

it.each([minute, { ...minute, span: 'sliding' }, { ...minute, span: 'day' }] as const)(
  'drops the windows of idle scopes: %o',
  (claim) => {
    const counts = new CountMap();
    const stepMs = 'span' in claim && claim.span === 'day' ? 100_000 : 100;
    for (let i = 0; i < 50_000; i += 1) {
      const now = at(i * stepMs);
      counts.tidy(now);
      counts.of({ ...claim, scope: `key:${i}` }).cell(now).used += 1;
    }
    expect(counts.size).toBeLessThanOrEqual(2_048);
  },
);

it('keeps every window that still runs, and what is held', () => {
  const counts = new CountMap();
  counts.of({ ...held, scope: 'key:0' }).cell(at(0)).used += 1;
  for (let i = 0; i < 5_000; i += 1) counts.of({ ...minute, scope: `key:${i}` }).cell(at(0)).used += 1;
  const later = at(59_999);
  counts.tidy(later);
  expect(counts.of({ ...minute, scope: 'key:0' }).used(later)).toBe(1);
  expect(counts.of({ ...held, scope: 'key:0' }).used(later)).toBe(1);
});
