import { fakeUpstream, reply } from '@sluice/testkit';
import type { FakeUpstream, Reply } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { readAll } from './__fixtures__/clients.js';
import { startGateway } from './__fixtures__/gateway.js';
import type { TestGateway } from './__fixtures__/gateway.js';
import { PAIRS } from './__fixtures__/upstreams.js';
import type { Wire } from './__fixtures__/upstreams.js';

const MODELS = reply().json({ data: [] });

interface Setup extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly first: FakeUpstream;
  readonly second: FakeUpstream;
}

/** A gateway whose alias `fast` asks `a`, then `b`, each once, and holds streams back. */
async function twoUpstreams(
  { kind, basePath }: Wire,
  scripts: readonly [Reply, Reply],
  holdBack: object,
): Promise<Setup> {
  const first = await fakeUpstream(MODELS, scripts[0]);
  const second = await fakeUpstream(MODELS, scripts[1]);
  const fast = {
    targets: ['a', 'b'].map((provider) => ({ provider, model: 'm' })),
    retries: { max: 1, sameTarget: 0 },
    timeouts: { idleMs: 300 },
    holdBack,
  };
  const gateway = await startGateway({
    providers: { a: { kind, baseUrl: first.url + basePath }, b: { kind, baseUrl: second.url + basePath } },
    models: { fast },
  });
  await Promise.all([first.received(1), second.received(1)]);
  return {
    gateway,
    first,
    second,
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await Promise.all([first.close(), second.close()]);
    },
  };
}

describe.each(PAIRS)('the $sdk SDK at two $kind upstreams, behind a hold-back', (pair) => {
  const { opening, ending } = pair.frames;
  const good = reply().sse([...opening, ...ending]);
  const call = { model: 'fast', max_tokens: 9, stream: true, messages: [{ role: 'user', content: 'Hello' }] };

  it.each<readonly [string, Reply]>([
    ['is reset', reply().sse(opening).reset()],
    ['ends without its end', reply().sse(opening)],
    ['falls silent', reply().sse(opening).silence()],
  ])('gets one clean stream where the first of them %s', async (_name, bad) => {
    await using setup = await twoUpstreams(pair, [bad, good], { tokens: 50 });
    expect(await readAll(await pair.stream(setup.gateway, 'fast'))).toEqual({ text: 'Hello there' });
    expect(await setup.gateway.rows()).toMatchObject([
      { status: 200, errorCode: null, provider: 'b', attempts: [{ provider: 'a' }, { provider: 'b' }] },
    ]);
  });

  it('sees what a good one says as soon as its time is over', async () => {
    await using setup = await twoUpstreams(pair, [reply().sse(opening).delay(200).sse(ending), good], { ms: 50 });
    const began = performance.now();
    const answer = await setup.gateway.call(pair.path, call);
    const headMs = performance.now() - began;
    expect(pair.isWhole(await answer.text())).toBe(true);
    expect([answer.headers.get('x-sluice-attempts'), headMs < performance.now() - began - 100]).toEqual(['1', true]);
  });

  it('gets one error event where the stream breaks after its release', async () => {
    await using setup = await twoUpstreams(pair, [reply().sse(opening).reset(), good], { tokens: 1 });
    const text = await (await setup.gateway.call(pair.path, call)).text();
    expect([pair.countErrors(text), pair.isWhole(text), setup.second.requests.length]).toEqual([1, false, 1]);
  });

  it('that leaves while it is held closes the upstream', async () => {
    await using setup = await twoUpstreams(pair, [reply().sse(opening).silence(), good], { tokens: 50 });
    const leaving = new AbortController();
    const headers = { authorization: `Bearer ${setup.gateway.key}`, 'content-type': 'application/json' };
    const pending = setup.gateway.call(pair.path, call, { headers, signal: leaving.signal });
    await setup.first.received(2);
    leaving.abort();
    await expect(pending).rejects.toThrow('aborted');
    expect([await setup.first.wasAborted(), setup.second.requests.length]).toEqual([true, 1]);
  });
});
