import { fakeUpstream, reply } from '@sluice/testkit';
import type { FakeUpstream, Reply } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';
import { saying, upstreamSet } from './__fixtures__/upstream-set.js';
import type { UpstreamSet } from './__fixtures__/upstream-set.js';

const ENV = { ONE: 'sk-canary-one-4f9a', TWO: 'sk-canary-two-77b1' };
const POOL = { apiKeys: [{ env: 'ONE' }, { env: 'TWO' }] };
const refused = (status: number): Reply =>
  reply()
    .status(status)
    .json({ error: { message: `Incorrect API key provided: ${ENV.ONE}`, type: 'invalid_request_error' } });
const limited = (seconds: number): Reply =>
  reply()
    .status(429)
    .headers({ 'retry-after': String(seconds) })
    .json({ error: { message: 'Slow down.' } });

/** The keys that an upstream was asked with, without the call for its models. */
function keysOf({ requests }: FakeUpstream): readonly unknown[] {
  return requests.slice(1).map(({ headers }) => headers['authorization']);
}
const upstreamOf = (set: UpstreamSet, name: string): FakeUpstream => set.upstreams[name] as FakeUpstream;
const ONE = `Bearer ${ENV.ONE}`;
const TWO = `Bearer ${ENV.TWO}`;

describe('a provider with two keys', () => {
  it('is asked with each in turn', async () => {
    await using set = await upstreamSet({ replies: { a: [saying('hi')] }, provider: POOL, env: ENV });
    for (let i = 0; i < 4; i += 1) await set.ask();
    expect(keysOf(upstreamOf(set, 'a'))).toEqual([ONE, TWO, ONE, TWO]);
  });

  it.for([401, 403])(
    'answers with the other when one is refused with %d, and leaves that one alone',
    async (status) => {
      await using set = await upstreamSet({
        replies: { a: [refused(status), saying('hi')] },
        provider: POOL,
        env: ENV,
      });
      const first = await set.ask();
      expect([first.status, first.headers.get('x-sluice-attempts')]).toEqual([200, '2']);
      for (let i = 0; i < 3; i += 1) expect((await set.ask()).status).toBe(200);
      expect(keysOf(upstreamOf(set, 'a'))).toEqual([ONE, TWO, TWO, TWO, TWO]);
      const [latest] = (await set.gateway.rows()).slice(-1);
      expect(latest?.attempts).toMatchObject([
        { provider: 'a', status, errorCode: 'upstream_auth_error', providerKey: 0 },
        { provider: 'a', status: 200, errorCode: null, providerKey: 1 },
      ]);
    },
  );

  it('answers with the other when one is limited', async () => {
    await using set = await upstreamSet({ replies: { a: [limited(60), saying('hi')] }, provider: POOL, env: ENV });
    for (let i = 0; i < 3; i += 1) expect((await set.ask()).status).toBe(200);
    expect(keysOf(upstreamOf(set, 'a'))).toEqual([ONE, TWO, TWO, TWO]);
  });

  it('is passed over when both are limited, and says so when nobody else is left', async () => {
    await using set = await upstreamSet({
      replies: { a: [limited(60), limited(30)], b: [saying('from b')] },
      provider: POOL,
      env: ENV,
    });
    expect((await set.ask()).headers.get('x-sluice-provider')).toBe('b');
    const alone = await set.ask({ model: 'a/m' });
    expect([alone.status, alone.headers.get('retry-after'), set.calls('a')]).toEqual([429, '30', 2]);
  });

  it('signs requests that pass as they come with each in turn', async () => {
    await using set = await upstreamSet({ replies: { a: [saying('hi')] }, provider: POOL, env: ENV });
    for (let i = 0; i < 2; i += 1)
      await set.gateway.call('/passthrough/a/chat/completions', { model: 'm', messages: [] });
    expect(keysOf(upstreamOf(set, 'a'))).toEqual([ONE, TWO]);
  });
});

describe('a refused key that is the last one (F13)', () => {
  it.for([401, 403])('fails the request with 502, never with %d, and never in words that quote it', async (status) => {
    await using set = await upstreamSet({
      replies: { a: [refused(status)] },
      provider: { apiKey: { env: 'ONE' } },
      env: ENV,
    });
    for (let i = 0; i < 2; i += 1) {
      const answer = await set.ask();
      const text = await answer.text();
      expect([answer.status, JSON.parse(text)]).toMatchObject([502, { error: { code: 'upstream_auth_error' } }]);
      expect(text).not.toContain('canary');
    }
    const metrics = await (
      await fetch(`${set.gateway.url}/metrics`, { headers: { authorization: `Bearer ${set.gateway.adminKey}` } })
    ).text();
    expect(metrics).toMatch(
      status === 401 ? /sluice_breaker_state\{target="a#0"\} 2/ : /sluice_breaker_state\{target="a\/m#0"\} 2/,
    );
    for (const text of [metrics, JSON.stringify(set.gateway.logLines()), JSON.stringify(await set.gateway.rows())])
      expect(text).not.toContain('canary');
  });

  it('makes the next target answer, and is not asked for a minute while others can be', async () => {
    await using set = await upstreamSet({
      replies: { a: [refused(401)], b: [saying('from b')] },
      provider: { apiKey: { env: 'ONE' } },
      env: ENV,
    });
    for (let i = 0; i < 5; i += 1) expect((await set.ask()).status).toBe(200);
    expect([set.calls('a'), set.calls('b')]).toEqual([1, 5]);
  });

  it('serves again at once when the operator has mended it', async () => {
    await using upstream = await fakeUpstream(reply().json({ data: [] }), refused(401), saying('hi'));
    const providers = { a: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1`, apiKey: { env: 'ONE' } } };
    await using gateway = await startGateway({ providers }, ENV);
    await upstream.received(1);
    const body = { model: 'a/m', messages: [{ role: 'user', content: 'Hello' }] };
    const before = await gateway.call('/v1/chat/completions', body);
    const after = await gateway.call('/v1/chat/completions', body);
    expect([before.status, after.status]).toEqual([502, 200]);
  });
});
