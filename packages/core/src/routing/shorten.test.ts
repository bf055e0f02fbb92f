import { expect, it } from 'vitest';
import { ask, fastBench } from '../__fixtures__/fast-bench.js';
import { saying } from '../__fixtures__/scripted-transport.js';
import { readTimeoutMs, shorten } from './shorten.js';

const HEADER = 'x-sluice-timeout-ms';
const timeouts = { connectMs: 10, totalMs: 1_000, firstTokenBindsPlain: false };

it.each([
  ['1', 1],
  ['2500', 2_500],
  [undefined, undefined],
])('reads %s', (value, read) => {
  expect(readTimeoutMs({ [HEADER]: value })).toBe(read);
});

it.each(['0', '-1', '1.5', '1e3', ' 5', '5s', '', '99999999999', ['1', '2']])('refuses %j', (value) => {
  const refusal = expect.objectContaining({ code: 'invalid_value', details: { param: HEADER } }) as unknown;
  expect(() => readTimeoutMs({ [HEADER]: value })).toThrow(refusal);
});

it('takes time away and gives none', () => {
  expect(shorten(timeouts, 300)).toEqual({ ...timeouts, totalMs: 300 });
  expect([shorten(timeouts, 1_000), shorten(timeouts, 5_000), shorten(timeouts, undefined)]).toEqual([
    timeouts,
    timeouts,
    timeouts,
  ]);
});

it('is read of each request, and a wrong one is refused before anybody is asked', async () => {
  const bench = fastBench([saying('one'), saying('two')]);
  const statuses: number[] = [];
  for (const value of ['500', 'soon', '500']) {
    statuses.push((await bench.call(ask, { headers: { [HEADER]: value } })).status);
  }
  expect([statuses, bench.transport.requests.length]).toEqual([[200, 400, 200], 2]);
});
