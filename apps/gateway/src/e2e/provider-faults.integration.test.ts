import { setTimeout as sleep } from 'node:timers/promises';
import { reply, seededRandom, timed } from '@sluice/testkit';
import type { FakeUpstream, Reply } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { OPENAI_STREAM } from './__fixtures__/frames.js';
import { quantile, steadily } from './__fixtures__/steadily.js';
import { answerOf, saying, upstreamSet } from './__fixtures__/upstream-set.js';
import type { UpstreamSet } from './__fixtures__/upstream-set.js';

const GRACE_MS = 100;
const upstreamOf = (set: UpstreamSet, name: string): FakeUpstream => set.upstreams[name] as FakeUpstream;

async function codeOf(answer: Response): Promise<unknown> {
  return ((await answer.json()) as { readonly error: { readonly code: unknown } }).error.code;
}

describe('one of three providers that refuses connections (F1)', () => {
  const ADDED_MS = 50;
  const PROBES_EVERY_MS = 500;

  it('is not noticed by callers at 100 requests a second, and hardly asked once its circuit is open', async () => {
    await using set = await upstreamSet({
      replies: { a: [saying('a')], b: [saying('b')], c: [saying('c')] },
    });
    const load = async (times: number) =>
      steadily({ perSecond: 100, times }, async () => {
        const answer = await set.ask();
        await answer.text();
        return answer.status;
      });
    const before = await load(100);
    await upstreamOf(set, 'a').close();
    const { value: during, busyMs } = await timed(() => load(200));
    expect(new Set([...before, ...during].map(({ value }) => value))).toEqual(new Set([200]));
    expect(quantile(during, 0.99)).toBeLessThan(quantile(before, 0.99) + ADDED_MS + busyMs);
    const attempts = (await set.gateway.rows()).flatMap((row) => row.attempts);
    const failed = attempts.filter(({ errorCode }) => errorCode !== null);
    expect(new Set(failed.map(({ provider }) => provider))).toEqual(new Set(['a']));
    // Five open the circuit, and as many as were under way by then; then one a period.
    expect(failed.length).toBeLessThanOrEqual(5 + 4 + Math.ceil(2_000 / PROBES_EVERY_MS));
  });
});

describe('all providers down (F3)', () => {
  it('is 503 with the time at which it is worth coming back, as soon as the circuits are open', async () => {
    await using set = await upstreamSet({
      replies: { a: [saying('a')], b: [saying('b')], c: [saying('c')] },
      // Nobody probes within the test, however slow the machine is.
      config: { breaker: { halfOpenAfterMs: 30_000 } },
    });
    await Promise.all(['a', 'b', 'c'].map((name) => upstreamOf(set, name).close()));
    let requests = 0;
    let answer: Response;
    do {
      answer = await set.ask();
      requests += 1;
    } while (answer.status !== 503 && requests < 20);
    const { value: result, tookMs } = await timed(() => set.ask());
    expect([result.status, await codeOf(result)]).toEqual([503, 'no_healthy_provider']);
    expect(Number(result.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(tookMs).toBeLessThan(GRACE_MS);
    const attempts = (await set.gateway.rows()).reduce((sum, row) => sum + row.attempts.length, 0);
    expect(attempts).toBeLessThanOrEqual(1.2 * (requests + 1) + 10 * 10);
    // Twice the five that open a circuit: until then each may be one that answers now and then.
    expect(attempts).toBeLessThanOrEqual(3 * 10);
  });
});

describe('a provider that takes the connection and then says nothing', () => {
  const timeouts = { firstTokenMs: 300 };

  it.for([
    ['before the head (F7)', reply().silence(), {}],
    ['after the head of a stream (F8)', reply().sse([]).silence(), { stream: true }],
  ] as const)('%s costs its deadline, and the next one answers', async ([, hung, more]) => {
    const whole =
      more && 'stream' in more ? reply().sse([...OPENAI_STREAM.opening, ...OPENAI_STREAM.ending]) : saying('b');
    await using set = await upstreamSet({ replies: { a: [hung], b: [whole] }, alias: { timeouts } });
    const {
      value: result,
      tookMs,
      busyMs,
    } = await timed(async () => {
      const answer = await set.ask(more);
      await answer.text();
      return answer;
    });
    expect([result.status, result.headers.get('x-sluice-provider'), result.headers.get('x-sluice-attempts')]).toEqual([
      200,
      'b',
      '2',
    ]);
    expect(tookMs + busyMs).toBeGreaterThan(200);
    expect(tookMs).toBeLessThan(300 + GRACE_MS);
    expect(await upstreamOf(set, 'a').wasAborted()).toBe(true);
  });

  it('is 504 where it is the last one', async () => {
    await using set = await upstreamSet({ replies: { a: [reply().silence()] }, alias: { timeouts } });
    const { value: result, tookMs } = await timed(() => set.ask());
    expect([result.status, await codeOf(result)]).toEqual([504, 'upstream_timeout']);
    expect(tookMs).toBeLessThan(300 + GRACE_MS);
  });

  it('leaves the request no more than its own time, whatever was tried', async () => {
    await using set = await upstreamSet({
      replies: { a: [reply().silence()], b: [reply().silence()] },
      alias: { timeouts: { firstTokenMs: 300, totalMs: 450 } },
    });
    const { value: result, tookMs } = await timed(() => set.ask());
    expect([result.status, result.headers.get('x-sluice-attempts')]).toEqual([504, '2']);
    expect(tookMs).toBeLessThan(450 + GRACE_MS);
  });

  it.for([
    ['asked', '/v1/chat/completions', 'fast'],
    ['asked in its own words', '/passthrough/a/chat/completions', 'm'],
  ])('costs a caller no more than the time that it gives, %s', async ([, path = '', model]) => {
    const silence = reply().silence();
    await using set = await upstreamSet({ replies: { a: [silence], b: [silence] } });
    const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] });
    const headers = { 'content-type': 'application/json', 'x-sluice-timeout-ms': '300' };
    const authorized = { authorization: `Bearer ${set.gateway.key}`, ...headers };
    const { value: answer, tookMs, busyMs } = await timed(() => set.gateway.call(path, body, { headers: authorized }));
    expect([answer.status, await codeOf(answer)]).toEqual([504, 'upstream_timeout']);
    expect(tookMs).toBeLessThan(300 + GRACE_MS + busyMs);
    expect(tookMs + busyMs).toBeGreaterThan(290);
  });

  it('is not blamed for it by callers who wait too short a time', async () => {
    const slow = reply().delay(150).json(answerOf('a'));
    await using set = await upstreamSet({ replies: { a: [slow], b: [slow] } });
    const authorization = `Bearer ${set.gateway.key}`;
    const ask = async (headers: Record<string, string>, path = '/v1/chat/completions', model = 'a/m') => {
      const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] });
      const init = { headers: { 'content-type': 'application/json', authorization, ...headers } };
      return (await set.gateway.call(path, body, init)).status;
    };
    const hurried = { 'x-sluice-timeout-ms': '20' };
    for (let times = 0; times < 10; times += 1) expect(await ask(hurried)).toBe(504);
    for (let times = 0; times < 10; times += 1)
      expect(await ask(hurried, '/passthrough/a/chat/completions', 'm')).toBe(504);
    expect(await ask({})).toBe(200);
  });
});

describe('a storm of 500 at all providers (F14)', () => {
  const failure = reply().status(500).json({ error: {} });
  const REQUESTS = 100;

  /** Sends so many requests, one after the other; tells how many were answered, and how many no provider was asked for. */
  async function survive(
    isGood: (index: number) => boolean,
  ): Promise<{ readonly good: number; readonly refused: number }> {
    const storm = (): readonly [Reply, ...Reply[]] => [
      failure,
      ...Array.from({ length: 2 * REQUESTS }, (_, index) => (isGood(index) ? saying('ok') : failure)),
    ];
    await using set = await upstreamSet({
      replies: { a: storm(), b: storm(), c: storm() },
      alias: { retries: { max: 2, sameTarget: 0 } },
      config: { limits: { profiles: { default: { requestsPerMinute: REQUESTS } } } },
    });
    let good = 0;
    for (let i = 0; i < REQUESTS; i += 1) if ((await set.ask()).status === 200) good += 1;
    // However often each was tried, it counted once.
    expect((await set.ask()).status).toBe(429);
    const rows = await set.gateway.rows();
    const attempts = rows.reduce((sum, row) => sum + row.attempts.length, 0);
    expect(attempts).toBeLessThanOrEqual(1.2 * REQUESTS + 100);
    return { good, refused: rows.filter((row) => row.attempts.length === 0).length };
  }

  it('of every second answer is survived by seven of eight requests, within the retry budget', async () => {
    const { good, refused } = await survive((index) => index % 2 === 0);
    expect([good >= 87, refused]).toEqual([true, 0]);
  });

  it('of half of the answers at random is survived as three tries allow: no circuit stands in the way', async () => {
    const random = seededRandom(14);
    const runs = [
      await survive(() => random() < 0.5),
      await survive(() => random() < 0.5),
      await survive(() => random() < 0.5),
    ];
    const sum = (of: 'good' | 'refused'): number => runs.reduce((total, run) => total + run[of], 0);
    // Three tries fail in an eighth of all cases: 87.5 % of 300, less three standard deviations.
    expect([sum('good') >= 245, sum('refused') <= 3]).toEqual([true, true]);
  });
});

describe('a request that the provider refuses (F15)', () => {
  it('is refused once, in the words of the provider, and held against nobody', async () => {
    const refusal = reply()
      .status(400)
      .json({ error: { message: 'No such thing.', type: 'invalid_request_error', code: 'bad_thing', param: 'thing' } });
    await using set = await upstreamSet({ replies: { a: [refusal], b: [saying('b')] } });
    for (let i = 0; i < 6; i += 1) {
      const answer = await set.ask();
      expect([answer.status, await codeOf(answer)]).toEqual([400, 'bad_thing']);
    }
    expect([set.calls('a'), set.calls('b')]).toEqual([6, 0]);
  });
});

describe('a kept connection that ends under a request (F25)', () => {
  it.for([
    ['reset', reply().reset()],
    ['closed', reply().close()],
  ] as const)('%s: the request goes out again, as the same attempt', async ([, end]) => {
    await using set = await upstreamSet({ replies: { a: [saying('one'), end, saying('two')] } });
    expect((await set.ask()).status).toBe(200);
    await sleep(20);
    const answer = await set.ask();
    expect([answer.status, answer.headers.get('x-sluice-attempts'), set.calls('a')]).toEqual([200, '1', 3]);
    const [, broken, again] = upstreamOf(set, 'a').requests.slice(1);
    expect(again?.body).toEqual(broken?.body);
  });
});

describe('a reset in the middle of a stream (F26)', () => {
  it('is one error and no end, at once', async () => {
    const FLOWS_MS = 200;
    const cut = reply().sse(OPENAI_STREAM.opening).delay(FLOWS_MS).reset();
    await using set = await upstreamSet({ replies: { a: [saying('first'), cut] } });
    // The first request of a process is its slowest.
    await set.ask();
    const { value: text, tookMs } = await timed(async () => (await set.ask({ stream: true })).text());
    expect([text.split('"error":').length - 1, text.includes('upstream_truncated'), text.includes('[DONE]')]).toEqual([
      1,
      true,
      false,
    ]);
    expect(tookMs).toBeLessThan(FLOWS_MS + 50);
  });
});
