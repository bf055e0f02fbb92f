import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toPicoUsd } from './picousd.js';

it.each([
  ['0', 0],
  ['1', 1_000_000_000_000],
  ['2.5', 2_500_000_000_000],
  ['1.25e-06', 1_250_000],
  ['1e-12', 1],
  ['0.075', 75_000_000_000],
  ['4e-13', 0],
  ['5e-13', 1],
  ['0.0002833333333333333', 283_333_333],
])('takes %s USD for %d pico-USD', (usd, pico) => {
  expect(toPicoUsd(usd)).toBe(pico);
});

it.each(['', '-1', '1,5', 'NaN', 'Infinity', '0x10', '1e400', '9008', '1e', ' 1', '1.2.3'])(
  'does not take %j for an amount that it can hold',
  (text) => {
    expect(toPicoUsd(text)).toBeUndefined();
  },
);

it('is exact for every amount of whole pico-USD, however it is written', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
      fc.integer({ min: 0, max: 20 }),
      (pico, point) => {
        const digits = String(pico).padStart(point + 1, '0');
        const whole = digits.slice(0, digits.length - point);
        const text = point === 0 ? `${whole}e-12` : `${whole}.${digits.slice(-point)}e${point - 12}`;
        expect(toPicoUsd(text)).toBe(pico);
      },
    ),
  );
});
