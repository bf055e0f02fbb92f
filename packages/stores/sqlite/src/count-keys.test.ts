import type { Claim } from '@sluice/contract';
import { expect, it } from 'vitest';
import { SPENDING, slot } from './__fixtures__/claims.js';
import { CountKeys } from './count-keys.js';

const claim = (more: Partial<Claim> = {}): Claim => ({ ...SPENDING, amount: 1, limit: 1, windowMs: 60_000, ...more });

it('claims have the key of their count, whatever they ask of it', () => {
  const keys = new CountKeys();
  const counts: Claim[] = [
    claim(),
    claim({ scope: 'key:b' }),
    claim({ name: 'tokens' }),
    claim({ windowMs: 1_000 }),
    claim({ span: 'sliding' }),
    claim({ windowMs: Number.POSITIVE_INFINITY }),
    slot,
  ];
  const made = counts.map((each) => keys.of(each));
  expect(new Set(made).size).toBe(counts.length);
  expect(counts.map((each) => keys.of({ ...each, amount: 7, limit: 9 }))).toEqual(made);
  expect(keys.of({ ...slot, windowMs: 5 })).toBe(keys.of(slot));
});

it('of many scopes it does not remember all, and makes their keys anew', () => {
  const keys = new CountKeys();
  const first = keys.of(claim({ scope: 'key:0' }));
  for (let i = 0; i < 25_000; i += 1) keys.of(claim({ scope: `key:${i}` }));
  expect(keys.size).toBeLessThanOrEqual(10_000);
  expect(keys.of(claim({ scope: 'key:0' }))).toBe(first);
});
