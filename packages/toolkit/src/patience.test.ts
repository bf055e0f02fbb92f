import { gatewayError } from '@sluice/contract';
import { expect, it } from 'vitest';
import { Patience } from './patience.js';

const held = gatewayError('storage_unavailable', { details: { retryAfterMs: 5 } });

it('lasts two seconds from the first failure on, and is new after a success', () => {
  let nowMs = 100;
  const patience = new Patience({ monotonic: () => nowMs });
  expect(patience.has(held)).toBe(true);
  for (nowMs = 600; nowMs < 2_100; nowMs += 500) expect(patience.has(held)).toBe(true);
  nowMs = 2_100;
  expect(patience.has(held)).toBe(false);
  patience.renew();
  expect(patience.has(held)).toBe(true);
});

it('is for stores that are held alone', () => {
  expect(new Patience({ monotonic: () => 0 }).has(gatewayError('storage_unavailable'))).toBe(false);
});

it('is new where nobody has asked for long', () => {
  let nowMs = 0;
  const patience = new Patience({ monotonic: () => nowMs });
  for (; nowMs < 2_000; nowMs += 500) expect(patience.has(held)).toBe(true);
  expect(patience.has(held)).toBe(false);
  nowMs += 3_600_000;
  expect(patience.has(held)).toBe(true);
});
