import { expect, it } from 'vitest';
import { toMicroUsd } from '@sluice/toolkit';
import { writeUsd } from './usd.js';

it.each([
  [0n, '0', 0],
  [1n, '0.000000000001', 0],
  [499_999n, '0.000000499999', 0],
  [500_000n, '0.0000005', 1],
  [12_500_000n, '0.0000125', 13],
  [1_000_000_000_000n, '1', 1_000_000],
  [1_230_000_000_000_000n, '1230', 1_230_000_000],
  [10n ** 30n, `1${'0'.repeat(18)}`, Number.MAX_SAFE_INTEGER],
])('writes %d pico-USD as %s, and as %d micro-USD', (pico, usd, micro) => {
  expect([writeUsd(pico), toMicroUsd(pico)]).toEqual([usd, micro]);
});
