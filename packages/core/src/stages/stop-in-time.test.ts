import { setImmediate } from 'node:timers/promises';
import { gatewayError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import type { Bench } from '../__fixtures__/bench.js';
import { ask, askStream, fastBench } from '../__fixtures__/fast-bench.js';
import { saying, streaming } from '../__fixtures__/scripted-transport.js';
import { readTimeoutMs } from './stop-in-time.js';

const HEADER = 'x-sluice-timeout-ms';

it.each([
  ['1', 1],
  ['2500', 2_500],
  [undefined, undefined],
])('reads %s', (value, read) => {
  expect(readTimeoutMs({ [HEADER]: value })).toBe(read);
});

it.each(['0', '-1', '1.5', '1e3', ' 5', '5s', '', '9999999999', ['1', '2']])('refuses %j', (value) => {
  const refusal = expect.objectContaining({ code: 'invalid_value', details: { param: HEADER } }) as unknown;
  expect(() => readTimeoutMs({ [HEADER]: value })).toThrow(refusal);
});

it('is read of each request, and a wrong one is refused before anybody is asked', async () => {
  const bench = fastBench([saying('one'), saying('two')]);
  const statuses: number[] = [];
  for (const value of ['500', 'soon', '500']) {
    statuses.push((await bench.call(ask, { headers: { [HEADER]: value } })).status);
  }
  expect([statuses, bench.transport.requests.length]).toEqual([[200, 400, 200], 2]);
});

describe('a caller that waits no longer', () => {
  const patience = { headers: { [HEADER]: '300' } };

  it.each([
    ['an answer', ask, { head: 'hang' } as const],
    ['a stream', askStream, { head: 'hang' } as const],
    ['the first content of a stream', askStream, streaming({ hang: true })],
  ])('for %s is told so, and nobody else is asked or blamed', async (_case, body, hung) => {
    const bench = fastBench([hung, saying('late')]);
    const answering = bench.call(body, patience);
    await untilAsked(bench);
    bench.clock.advance(299);
    bench.clock.advance(1);
    const answer = await answering;
    expect([answer.status, answer.kind]).toEqual([504, 'plain']);
    expect([bench.transport.requests.length, bench.seen.verdicts]).toEqual([1, ['forget']]);
    expect(bench.seen.records[0]).toMatchObject({ status: 504, errorCode: 'upstream_timeout' });
  });

  it('in the middle of a stream gets what came and one error, and its target is not blamed', async () => {
    const bench = fastBench([streaming('one', { hang: true })]);
    const answer = await bench.call(askStream, patience);
    if (answer.kind !== 'stream') throw new Error('There is no stream.');
    const chunks = answer.chunks[Symbol.asyncIterator]();
    const first = await chunks.next();
    const rest = readAll(chunks);
    bench.clock.advance(300);
    expect(String(first.value)).toContain('one');
    expect(await rest).toMatch(/upstream_timeout/);
    expect(bench.seen.verdicts.at(-1)).toBe('forget');
    expect(bench.seen.settlements[0]).toMatchObject({ errorCode: 'upstream_timeout' });
  });

  it('may leave before, as anybody else', async () => {
    const bench = fastBench([{ head: 'hang' }]);
    const leaving = new AbortController();
    const answering = bench.call(ask, { ...patience, signal: leaving.signal });
    await untilAsked(bench);
    leaving.abort(gatewayError('client_closed_request'));
    await answering;
    expect([bench.seen.records[0]?.status, bench.clock.pending]).toEqual([499, 0]);
  });

  it('leaves no timer behind', async () => {
    const bench = fastBench([saying('one')]);
    await bench.call(ask, patience);
    expect([bench.seen.records[0]?.status, bench.clock.pending]).toEqual([200, 0]);
  });
});

async function untilAsked({ transport }: Bench): Promise<void> {
  while (transport.requests.length === 0) await setImmediate();
}

async function readAll(chunks: AsyncIterator<Uint8Array | string>): Promise<string> {
  let text = '';
  for (let read = await chunks.next(); !read.done; read = await chunks.next())
    text += Buffer.from(read.value).toString();
  return text;
}
