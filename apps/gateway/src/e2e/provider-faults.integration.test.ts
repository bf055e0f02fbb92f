import { setTimeout as sleep } from 'node:timers/promises';
import { reply, seededRandom } from '@sluice/testkit';
import type { FakeUpstream, Reply } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { OPENAI_STREAM } from './__fixtures__/frames.js';
import { timed } from './__fixtures__/timed.js';
import { saying, upstreamSet } from './__fixtures__/upstream-set.js';
import type { UpstreamSet } from './__fixtures__/upstream-set.js';

const GRACE_MS = 100;
const upstreamOf = (set: UpstreamSet, name: string): FakeUpstream => set.upstreams[name] as FakeUpstream;

async function codeOf(answer: Response): Promise<unknown> {
  return ((await answer.json()) as { readonly error: { readonly code: unknown } }).error.code;
}

describe('one of three providers that refuses connections (F1)', () => {
  it('is not noticed by callers, and left alone once its circuit is open', async () => {
    await using set = await upstreamSet({
      replies: { a: [saying('a')], b: [saying('b')], c: [saying('c')] },
    });
    await upstreamOf(set, 'a').close();
    const answers = await Promise.all(Array.from({ length: 40 }, () => set.ask()));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const attempts = (await set.gateway.rows()).flatMap((row) => row.attempts);
    expect(attempts.filter(({ provider }) => provider === 'c')).toEqual([]);
    const later = await set.ask();
    expect(later.headers.get('x-sluice-attempts')).toBe('1');
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
    const { value: result, tookMs } = await timed(async () => {
      const answer = await set.ask(more);
      await answer.text();
      return answer;
    });
    expect([result.status, result.headers.get('x-sluice-provider'), result.headers.get('x-sluice-attempts')]).toEqual([
      200,
      'b',
      '2',
    ]);
    expect(tookMs).toBeGreaterThan(200);
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
});

describe('a storm of 500 at all providers (F14)', () => {
  const REQUESTS = 100;
  const failure = reply().status(500).json({ error: {} });
  const storm = (isFailure: (index: number) => boolean): readonly [Reply, ...Reply[]] => [
    failure,
    ...Array.from({ length: 3 * REQUESTS }, (_, index) => (isFailure(index) ? failure : saying('ok'))),
  ];

  /** Under the default settings: how many of the requests, sent as fast as they are answered, were. */
  async function survive(isFailure: () => (index: number) => boolean): Promise<number> {
    await using set = await upstreamSet({
      replies: { a: storm(isFailure()), b: storm(isFailure()), c: storm(isFailure()) },
    });
    let good = 0;
    for (let i = 0; i < REQUESTS; i += 1) {
      const { status, headers } = await set.ask();
      if (status === 200) good += 1;
      // Nobody is refused untried while there are providers that answer now and then.
      else expect([[502, 503].includes(status), headers.get('x-sluice-attempts')]).toEqual([true, '3']);
    }
    const attempts = (await set.gateway.rows()).reduce((sum, row) => sum + row.attempts.length, 0);
    expect(attempts).toBeLessThanOrEqual(1.2 * REQUESTS + 100);
    return good;
  }

  it('F14 of every second answer is survived by seven of eight requests, within the retry budget', async () => {
    expect(await survive(() => (index) => index % 2 === 1)).toBeGreaterThanOrEqual(0.87 * REQUESTS);
  });

  it('F14 by chance is survived by as many as have luck with one of three attempts', async () => {
    const random = seededRandom(14);
    // Seven of eight, give or take three standard deviations.
    const least = 0.875 * REQUESTS - 3 * Math.sqrt(REQUESTS * 0.875 * 0.125);
    expect(await survive(() => () => random() < 0.5)).toBeGreaterThanOrEqual(least);
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
