import { expect, it } from 'vitest';
import { cacheSettings } from './index.js';

it('is off, for an hour, and in no place of its own where the file is silent', () => {
  expect(cacheSettings.parse({})).toEqual({ enabled: false, ttl: 3_600_000 });
});

it.each([
  ['30s', 30_000],
  ['15m', 900_000],
  ['1h', 3_600_000],
  ['7d', 604_800_000],
])('reads %s as %d ms', (ttl, ms) => {
  expect(cacheSettings.parse({ ttl }).ttl).toBe(ms);
});

it.each([{ ttl: '0s' }, { ttl: '1w' }, { ttl: '1.5h' }, { ttl: '-1s' }, { ttl: 60 }, { store: 'disk' }, { size: 1 }])(
  'refuses %o',
  (settings) => {
    expect(cacheSettings.safeParse(settings).success).toBe(false);
  },
);
