import { describe, expect, it } from 'vitest';
import { hasLimits, shareLeft } from './rate-limits.js';

const openAi = (remaining: number, reset = '60s'): Record<string, string> => ({
  'x-ratelimit-limit-requests': '100',
  'x-ratelimit-remaining-requests': String(remaining),
  'x-ratelimit-reset-requests': reset,
});

describe('what is left of a limit', () => {
  it('is what the headers say, while they are new', () => {
    expect(shareLeft(openAi(25), 0)).toBe(0.25);
    expect(hasLimits(openAi(25))).toBe(true);
  });

  it('is that of the limit nearest its end', () => {
    const tokens = { 'x-ratelimit-limit-tokens': '1000', 'x-ratelimit-remaining-tokens': '100' };
    expect(shareLeft({ ...openAi(50), ...tokens }, 0)).toBe(0.1);
  });

  it('is read from the names that Anthropic has for it', () => {
    const headers = {
      date: 'Thu, 26 Nov 2026 06:00:00 GMT',
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '50',
      'anthropic-ratelimit-input-tokens-limit': '1000',
      'anthropic-ratelimit-input-tokens-remaining': '200',
      'anthropic-ratelimit-input-tokens-reset': '2026-11-26T06:00:10Z',
    };
    expect(hasLimits(headers)).toBe(true);
    expect(shareLeft(headers, 0)).toBe(0.2);
    expect(shareLeft(headers, 5_000)).toBeCloseTo(0.6);
  });

  it.for([
    ['1m0s', 30_000, 0.6],
    ['60', 30_000, 0.6],
    ['500ms', 250, 0.6],
    ['1h', 1_800_000, 0.6],
    ['0s', 0, 1],
    ['nonsense', 30_000, 0.6],
  ] as const)('fills up again until its reset, told as %s', ([reset, ageMs, share]) => {
    expect(shareLeft(openAi(20, reset), ageMs)).toBeCloseTo(share);
    expect(shareLeft(openAi(20, reset), 100_000_000)).toBe(1);
  });

  it.for([
    {},
    { 'x-ratelimit-remaining-requests': '5' },
    { ...openAi(1), 'x-ratelimit-limit-requests': '0' },
    { ...openAi(1), 'x-ratelimit-limit-requests': '' },
    { ...openAi(1), 'x-ratelimit-remaining-requests': 'many' },
  ])('is not known from %j', (headers: Record<string, string>) => {
    expect(shareLeft(headers, 0)).toBeUndefined();
  });

  it('is nothing, and not less, where a vendor counts below zero', () => {
    expect(shareLeft(openAi(-3), 0)).toBe(0);
  });
});
