import { reply, timed } from '@sluice/testkit';
import type { Reply } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { saying, upstreamSet } from './__fixtures__/upstream-set.js';

const limited = (headers: Readonly<Record<string, string>> = {}): Reply =>
  reply()
    .status(429)
    .headers(headers)
    .json({ error: { message: 'Slow down.' } });

describe('a 429 with `Retry-After: 2` (F11)', () => {
  it('makes the next target answer at once, and leaves the first alone for two seconds', async () => {
    await using set = await upstreamSet({
      replies: { a: [limited({ 'retry-after': '2' }), saying('from a')], b: [saying('from b')] },
    });
    const first = await set.ask();
    expect([first.status, first.headers.get('x-sluice-provider'), first.headers.get('x-sluice-attempts')]).toEqual([
      200,
      'b',
      '2',
    ]);
    const served = async (): Promise<string | null> => (await set.ask()).headers.get('x-sluice-provider');
    const { tookMs, busyMs } = await timed(() => expect.poll(served, { interval: 20 }).not.toBe('b'));
    expect(tookMs + busyMs).toBeGreaterThan(1_800);
    expect(tookMs).toBeLessThan(2_200);
    expect(await (await fetch(`${set.gateway.url}/metrics`, adminOf(set.gateway.adminKey))).text()).not.toContain(
      'sluice_breaker_state{target="a/m"}',
    );
  });
});

describe('a 429 whose `Retry-After` is (F12)', () => {
  it.for([
    ['seconds beyond reason', { 'retry-after': '999999999' }, '300'],
    ['in the past', { 'retry-after': '-1' }, '1'],
    ['a date beyond reason', { 'retry-after': 'Wed, 21 Oct 2099 07:28:00 GMT' }, '300'],
    ['in milliseconds', { 'retry-after-ms': '1500', 'retry-after': '9' }, '2'],
  ] as const)('%s: is kept within a second and five minutes', async ([, headers, seconds]) => {
    await using set = await upstreamSet({ replies: { a: [limited(headers)] } });
    const asked = await set.ask();
    expect([asked.status, asked.headers.get('retry-after'), set.calls('a')]).toEqual([429, seconds, 1]);
    const later = await set.ask();
    expect([later.status, later.headers.get('retry-after'), set.calls('a')]).toEqual([429, seconds, 1]);
    expect(await later.json()).toMatchObject({ error: { code: 'rate_limit_exceeded', type: 'rate_limit_error' } });
  });

  it('a date ten seconds away by the clock of the gateway, where the answer has none of its own', async () => {
    const date = new Date(Date.now() + 10_000).toUTCString();
    await using set = await upstreamSet({ replies: { a: [limited({ 'retry-after': date })] } });
    expect(Number((await set.ask()).headers.get('retry-after'))).toBeOneOf([9, 10]);
  });

  it('no time at all: the target is left alone for a while, but is asked where no other is left', async () => {
    await using set = await upstreamSet({
      replies: { a: [limited({ 'retry-after': 'abc' }), saying('from a')], b: [saying('from b')] },
    });
    await set.ask();
    expect((await set.ask()).headers.get('x-sluice-provider')).toBe('b');
    expect((await set.ask({ model: 'a/m' })).status).toBe(200);
  });
});

describe('`retryAfterMaxMs`', () => {
  it('is waited out where no other target is left, and the caller sees an answer', async () => {
    await using set = await upstreamSet({
      replies: { a: [limited({ 'retry-after': '1' }), saying('at last')] },
      alias: { retries: { retryAfterMaxMs: 1_500 } },
    });
    const beganAt = performance.now();
    const answer = await set.ask();
    expect([answer.status, answer.headers.get('x-sluice-attempts')]).toEqual([200, '2']);
    expect(performance.now() - beganAt).toBeGreaterThan(990);
    expect(Number(answer.headers.get('x-sluice-overhead-ms'))).toBeLessThan(900);
  });
});

const adminOf = (key: string): RequestInit => ({ headers: { authorization: `Bearer ${key}` } });
