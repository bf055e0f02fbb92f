import { expect, it } from 'vitest';
import { parseRetryAfter } from './retry-after.js';

const SENT_AT = 'Mon, 05 Jan 2026 10:00:00 GMT';

it.for([
  [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 1_500],
  [{ 'retry-after': '2' }, 2_000],
  [{ 'retry-after': '2.5' }, 2_500],
  [{ 'retry-after': '-1' }, 1_000],
  [{ 'retry-after': '999999999' }, 300_000],
  [{ 'retry-after': 'Mon, 05 Jan 2026 10:00:20 GMT', date: SENT_AT }, 20_000],
  [{ 'retry-after': 'Mon, 05 Jan 2026 10:00:20 GMT' }, undefined],
  [{ 'retry-after': 'soon', date: SENT_AT }, undefined],
  [{}, undefined],
] as const)('reads %j as %s ms', ([headers, ms]) => {
  expect(parseRetryAfter({ status: 429, headers })).toBe(ms);
});
