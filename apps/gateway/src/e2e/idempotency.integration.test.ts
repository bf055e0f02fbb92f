import { createHash } from 'node:crypto';
import { fakeUpstream, reply } from '@sluice/testkit';
import type { FakeUpstream, Reply } from '@sluice/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { GatewayConfig } from '../gateway.js';
import { startGatedUpstream } from './__fixtures__/gated-upstream.js';
import { startGateway, startGatewayProcess } from './__fixtures__/gateway.js';
import type { RemoteGateway, TestGateway } from './__fixtures__/gateway.js';
import { assertInvariants } from './__fixtures__/invariants.js';
import { startProcess } from './__fixtures__/process.js';
import { codeOf } from './__fixtures__/read-answers.js';

const PATH = '/v1/chat/completions';
const CHAT = { model: 'up/m', max_tokens: 90, messages: [{ role: 'user', content: 'Hello' }] };
const PRICES = { 'up/m': { prices: [{ usdPerMillionTokens: { input: 10, output: 10 } }] } };
const usage = { prompt_tokens: 10, completion_tokens: 90, total_tokens: 100 };
const message = { role: 'assistant', content: 'Hällo' };
// Spaces that no writer of ours would make: what comes again is these bytes.
const ANSWERED = `{ "id":"c1", "object":"chat.completion","created":1,"model":"m",
  "choices":${JSON.stringify([{ index: 0, message, finish_reason: 'stop' }])},"usage":${JSON.stringify(usage)} }`;
const json = { 'content-type': 'application/json' };
const good = reply().headers(json).body(ANSWERED);
const models = reply().json({ data: [] });

interface Opened {
  readonly gateway: TestGateway;
  readonly upstream: FakeUpstream;
  /** How often a model was asked. */
  asked(): number;
}

/** Each request for a model gets the next reply. */
async function open(replies: readonly [Reply, ...Reply[]], config: GatewayConfig = {}): Promise<Opened> {
  const upstream = await fakeUpstream(models, ...replies);
  const providers = { up: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1` } };
  const gateway = await startGateway({ providers, catalogue: { models: PRICES }, ...config });
  onTestFinished(async () => {
    await gateway.close();
    await upstream.close();
  });
  await upstream.received(1);
  return { gateway, upstream, asked: () => upstream.requests.length - 1 };
}

async function openGated(config: GatewayConfig = {}) {
  const upstream = await startGatedUpstream(ANSWERED);
  const providers = { up: { kind: 'openai-compatible', baseUrl: upstream.url } };
  const gateway = await startGateway({ providers, catalogue: { models: PRICES }, ...config });
  onTestFinished(async () => {
    await gateway.close();
    await upstream[Symbol.asyncDispose]();
  });
  return { gateway, upstream };
}

const under = (key: string, apiKey: string): RequestInit => ({
  headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', 'idempotency-key': key },
});
const ask = async (
  gateway: RemoteGateway,
  key: string,
  { path = PATH, ...body }: { readonly path?: string; readonly [field: string]: unknown } = CHAT,
): Promise<Response> => gateway.call(path, body, under(key, gateway.key));
const isAgain = ({ headers }: Response): boolean => headers.get('idempotent-replayed') === 'true';
const once = { breaker: { consecutiveFailures: 50 } };

describe('Idempotency-Key', () => {
  it('makes 100 duplicates at once one call, one row and one charge, and 409 for the others until it is answered', async () => {
    const { gateway, upstream } = await openGated({ budgets: { default: { usd: 0.0103 } } });
    const answers: Response[] = [];
    const asking = Array.from({ length: 100 }, async () => answers.push(await ask(gateway, 'k')));
    await expect.poll(() => answers.length, { timeout: 20_000 }).toBe(99);
    expect(new Set(answers.map(({ status, headers }) => `${status} ${headers.get('retry-after')}`))).toEqual(
      new Set(['409 1']),
    );
    expect(await codeOf(answers[0] as Response)).toBe('idempotency_in_progress');
    upstream.open();
    await Promise.all(asking);
    const first = answers[99] as Response;
    expect([first.status, isAgain(first), await first.text()]).toEqual([200, false, ANSWERED]);
    const again = await Promise.all(Array.from({ length: 100 }, () => ask(gateway, 'k')));
    const bodies = await Promise.all(again.map(async (answer) => answer.text()));
    expect([again.every(isAgain), new Set(bodies)]).toEqual([true, new Set([ANSWERED])]);
    const [row, ...more] = await gateway.rows();
    expect([upstream.asked, more, row]).toMatchObject([1, [], { costMicroUsd: 1_000, status: 200 }]);
    expect(await gateway.metrics()).toMatch(/^sluice_idempotent_replays_total 100$/m);
    // Of 10,300 micro-USD 1,000 are spent: nine others fit, each of which reserves more than it costs; after two, eight would.
    const rest = [];
    for (let at = 0; at < 10; at += 1) rest.push((await ask(gateway, `rest ${at}`)).status);
    expect(rest.filter((status) => status === 200)).toHaveLength(9);
    await assertInvariants({ gateway });
  });

  it('gives again what the answer said of itself, and nothing of the moment', async () => {
    const limits = { profiles: { default: { requestsPerMinute: 1 } } };
    const { gateway } = await open([good], { limits });
    const [first, again] = [await ask(gateway, 'k'), await ask(gateway, 'k')];
    expect([first.status, again.status, isAgain(again)]).toEqual([200, 200, true]);
    const same = ['content-type', 'x-sluice-decision', 'x-sluice-model', 'x-sluice-provider', 'x-sluice-cost-usd'];
    expect(same.map((name) => again.headers.get(name))).toEqual(same.map((name) => first.headers.get(name)));
    expect(again.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
    expect(first.headers.has('x-ratelimit-remaining-requests')).toBe(true);
    expect(again.headers.has('x-ratelimit-remaining-requests')).toBe(false);
  });

  it('is refused with another body, another path and another dialect, and the model is not asked', async () => {
    const { gateway, asked } = await open([good]);
    await ask(gateway, 'k');
    const changed = await ask(gateway, 'k', { ...CHAT, max_tokens: 91 });
    const elsewhere = await ask(gateway, 'k', { ...CHAT, path: '/v1/messages' });
    expect([changed.status, await codeOf(changed), elsewhere.status, asked()]).toEqual([
      422,
      'idempotency_key_reused',
      422,
      1,
    ]);
  });

  it.for([['x'.repeat(256)], ['schlüssel'], ['']])('is refused as %j', async ([key = '']) => {
    const { gateway, asked } = await open([good]);
    const refused = await ask(gateway, Buffer.from(key).toString('latin1'));
    expect([refused.status, asked()]).toEqual([400, 0]);
    expect(await refused.json()).toMatchObject({ error: { code: 'invalid_value', param: 'idempotency-key' } });
    expect((await ask(gateway, 'x'.repeat(255))).status).toBe(200);
  });

  it('says nothing to other keys and organisations', async () => {
    const { gateway, asked } = await open([good]);
    const other = await gateway.createKey({ name: 'other' });
    await ask(gateway, 'k');
    const elses = await gateway.call(PATH, { ...CHAT, n: 1 }, under('k', other));
    expect([elses.status, isAgain(elses), asked()]).toEqual([200, false, 2]);
  });

  it('asks anew after what was refused before a model was asked: 401, 400, 404, 429', async () => {
    const limits = { profiles: { default: { requestsPerMinute: 1, window: 'fixed' } } } as const;
    const { gateway, asked } = await open([good], { limits });
    expect((await gateway.call(PATH, CHAT, under('k', 'sk-nobody'))).status).toBe(401);
    expect((await ask(gateway, 'k', { ...CHAT, temperature: 'warm' })).status).toBe(400);
    expect((await ask(gateway, 'k', { ...CHAT, model: 'nobody/x' })).status).toBe(404);
    expect([(await ask(gateway, 'k')).status, asked()]).toEqual([200, 1]);
    expect([(await ask(gateway, 'k2')).status, (await ask(gateway, 'k2')).status, asked()]).toEqual([429, 429, 1]);
  });

  it.for([
    [500, 502, true],
    [400, 400, true],
    [429, 429, false],
    [503, 503, false],
  ] as const)(
    'keeps a failure that a model was asked for, and not its having no room: %i',
    async ([said, status, keeps]) => {
      const failing = reply()
        .status(said)
        .json({ error: { message: 'no' } });
      const alias = { targets: [{ provider: 'up', model: 'm' }], retries: { max: 0 } };
      const { gateway, upstream } = await open([failing], { ...once, models: { one: alias } });
      const first = await ask(gateway, 'k', { ...CHAT, model: 'one' });
      const again = await ask(gateway, 'k', { ...CHAT, model: 'one' });
      expect([first.status, isAgain(again), isAgain(again) ? again.headers.get('x-should-retry') : '']).toEqual([
        status,
        keeps,
        keeps ? 'false' : '',
      ]);
      const [one, other] = [await first.text(), await again.text()];
      expect([again.status, keeps ? other : '']).toEqual([status, keeps ? one : '']);
      await assertInvariants({ gateway, upstreams: [upstream] });
    },
  );

  it('is carried out to its end for a caller that left, who gets it when it asks again', async () => {
    const { gateway, upstream } = await openGated();
    const leaving = new AbortController();
    const asked = gateway.call(PATH, CHAT, { ...under('k', gateway.key), signal: leaving.signal });
    await expect.poll(() => upstream.asked).toBe(1);
    leaving.abort();
    await expect(asked).rejects.toThrow();
    expect((await ask(gateway, 'k')).status).toBe(409);
    upstream.open();
    await expect.poll(async () => (await ask(gateway, 'k')).status).toBe(200);
    expect([upstream.asked, upstream.left, (await gateway.rows()).map(({ status }) => status)]).toEqual([1, 0, [200]]);
    await assertInvariants({ gateway });
  });

  it('is dropped from a stream, which says so', async () => {
    const { gateway } = await open([good]);
    const body = { model: 'sim/echo', stream: true, messages: CHAT.messages };
    const [first, again] = [await ask(gateway, 'k', body), await ask(gateway, 'k', body)];
    expect([first, again].map(({ headers }) => headers.get('x-sluice-adjustments'))).toEqual([
      'Idempotency-Key=dropped',
      'Idempotency-Key=dropped',
    ]);
    await Promise.all([first.text(), again.text()]);
    expect(await gateway.rows()).toHaveLength(2);
  });

  it('keeps no answer that is larger than it may be', async () => {
    const { gateway, asked } = await open([good], { idempotency: { maxAnswerBytes: 50 } });
    const answers = [await ask(gateway, 'k'), await ask(gateway, 'k')];
    expect([answers.map(isAgain), asked()]).toEqual([[false, false], 2]);
  });

  it('means nothing where it is switched off', async () => {
    const { gateway, asked } = await open([good], { idempotency: { enabled: false } });
    const answers = [await ask(gateway, 'k'), await ask(gateway, 'k')];
    expect([answers.map(isAgain), asked()]).toEqual([[false, false], 2]);
  });

  it('knows a form again whatever its boundary is, and not with another file', async () => {
    const { gateway, asked } = await open([reply().json({ text: 'la la' })]);
    const form = (file: string): FormData => {
      const data = new FormData();
      data.set('model', 'up/m');
      data.set('file', new File([file], 'a.wav'));
      return data;
    };
    const headers = { authorization: `Bearer ${gateway.key}`, 'idempotency-key': 'k' };
    const hear = (file: string) =>
      fetch(`${gateway.url}/v1/audio/transcriptions`, { method: 'POST', headers, body: form(file) });
    const answers = [await hear('la'), await hear('la'), await hear('li')];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 422]);
    expect([answers.map(isAgain), asked()]).toEqual([[false, true, false], 1]);
    expect(await answers[1]?.text()).toBe(await answers[0]?.text());
  });

  it('holds for a response in the background: the one that was begun is named again', async () => {
    const { gateway } = await open([good]);
    const body = { model: 'sim/echo', input: 'Hello', background: true, path: '/v1/responses' };
    const answers = [await ask(gateway, 'k', body), await ask(gateway, 'k', body)];
    const [first, again] = (await Promise.all(answers.map((answer) => answer.json()))) as { id: string }[];
    expect([isAgain(answers[1] as Response), again]).toEqual([true, first]);
  });
});

describe('Idempotency-Key of a raw request', () => {
  const RAW = '/passthrough/up/chat/completions';

  it('gives the bytes of the first answer again', async () => {
    const { gateway, upstream, asked } = await open([good]);
    const body = { ...CHAT, model: 'm', path: RAW };
    const first = await (await ask(gateway, 'k', body)).text();
    await expect.poll(async () => isAgain(await ask(gateway, 'k', body))).toBe(true);
    const again = await ask(gateway, 'k', body);
    expect([await again.text(), again.headers.get('content-type'), asked()]).toEqual([first, 'application/json', 1]);
    expect(first).toBe(ANSWERED);
    expect((await ask(gateway, 'k', { ...body, n: 1 })).status).toBe(422);
    await assertInvariants({ gateway, upstreams: [upstream] });
  });

  it('keeps nothing of an answer that was cut', async () => {
    const cut = reply()
      .headers({ ...json, 'content-length': '1000' })
      .head()
      .raw('{"id":')
      .reset();
    const { gateway, asked } = await open([cut, good]);
    const body = { ...CHAT, model: 'm', path: RAW };
    await expect(ask(gateway, 'k', body).then(async (answer) => answer.text())).rejects.toThrow();
    await expect.poll(async () => (await ask(gateway, 'k', body)).status).toBe(200);
    expect(asked()).toBe(2);
  });
});

describe('Idempotency-Key over a restart', () => {
  it('gives the first answer again after kill -9, and its text is in no log', async () => {
    await using upstream = await fakeUpstream(models, good);
    const providers = { up: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1` } };
    await using first = await startGatewayProcess({ providers });
    await upstream.received(1);
    const body = await (await ask(first, 'k-secret-by-accident')).text();
    await first.sluice.stop('SIGKILL');
    await using sluice = startProcess({ cwd: first.folder });
    const url = await sluice.listening();
    const init = { method: 'POST', body: JSON.stringify(CHAT), ...under('k-secret-by-accident', first.key) };
    const again = await fetch(url + PATH, init);
    const digest = (text: string) => createHash('sha256').update(text).digest('hex');
    expect([isAgain(again), digest(await again.text())]).toEqual([true, digest(body)]);
    expect(upstream.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
    expect(first.logText() + sluice.output.stdout).not.toContain('k-secret-by-accident');
  });
});
