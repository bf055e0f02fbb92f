import { describe, expect, it } from 'vitest';
import { INFERENCE_DESCRIPTIONS } from '../http/inference.js';
import { startGateway } from './__fixtures__/gateway.js';
import type { TestGateway } from './__fixtures__/gateway.js';
import { startPricedUpstream } from './__fixtures__/priced-upstream.js';
import type { PricedUpstream } from './__fixtures__/priced-upstream.js';
import { codeOf } from './__fixtures__/read-answers.js';
import type { GatewayConfig } from '../gateway.js';

interface Rig extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly upstream: PricedUpstream;
  chat(more?: object, init?: RequestInit): Promise<Response>;
}

const PROMPT = { model: 'up/m', messages: [{ role: 'user', content: 'Hello' }] };

/** A provider whose every call costs 1,000 micro-USD: 10 tokens of input at 10, and 90 of output at 10. */
async function rig(config: Pick<GatewayConfig, 'limits' | 'budgets' | 'models'>): Promise<Rig> {
  const upstream = await startPricedUpstream({ promptTokens: 10, completionTokens: 90 });
  const prices = [{ usdPerMillionTokens: { input: 10, output: 10 } }];
  const gateway = await startGateway({
    providers: { up: { kind: 'openai-compatible', baseUrl: upstream.url } },
    catalogue: {
      models: { 'up/m': { prices }, 'up/cheap': { prices: [{ usdPerMillionTokens: { input: 0, output: 0 } }] } },
    },
    ...config,
  });
  return {
    gateway,
    upstream,
    chat: (more = {}, init) => gateway.call('/v1/chat/completions', { ...PROMPT, max_tokens: 90, ...more }, init),
    async [Symbol.asyncDispose]() {
      upstream.finish();
      await gateway.close();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

const count = (answers: readonly Response[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

describe.each(['memory', 'sqlite'] as const)('limits counted in %s', (store) => {
  const withLimits = (rules: object) => rig({ limits: { store, profiles: { default: rules } } });

  it('let exactly 50 of 200 simultaneous requests through where 50 a minute are allowed', async () => {
    await using setup = await withLimits({ requestsPerMinute: 50 });
    const answers = await Promise.all(Array.from({ length: 200 }, () => setup.chat()));
    expect([count(answers), setup.upstream.calls]).toEqual([{ 200: 50, 429: 150 }, 50]);
  });

  it('reserve the tokens that a request may use, and settle those that it used', async () => {
    await using setup = await withLimits({ tokensPerMinute: 1_000 });
    const answers = await Promise.all(Array.from({ length: 50 }, () => setup.chat({ max_tokens: 900 })));
    expect(count(answers)).toEqual({ 200: 1, 429: 49 });
    const refused = answers.find(({ status }) => status === 429) as Response;
    expect(await codeOf(refused)).toBe('tokens_limit_exceeded');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(refused.headers.get('x-ratelimit-limit-tokens')).toBe('1000');
    const next = await setup.chat({ max_tokens: 90 });
    expect([next.status, Number(next.headers.get('x-ratelimit-remaining-tokens'))]).toEqual([200, expect.any(Number)]);
    // 100 of the first are used; of this one its 90 and a part of its bytes are reserved.
    expect(Number(next.headers.get('x-ratelimit-remaining-tokens'))).toBeGreaterThan(700);
  });

  it('hold five streams, and one more for each that ends or is left', async () => {
    await using setup = await withLimits({ concurrent: 5 });
    const leaving = new AbortController();
    const first = setup.chat({ stream: true }, { signal: leaving.signal, headers: headersOf(setup.gateway) });
    await first;
    const answers = await Promise.all(Array.from({ length: 49 }, () => setup.chat({ stream: true })));
    expect(count(answers)).toEqual({ 200: 4, 429: 45 });
    leaving.abort();
    await expect.poll(async () => (await setup.chat({ stream: true })).status).toBe(200);
    expect((await setup.chat({ stream: true })).status).toBe(429);
    setup.upstream.finish();
    await Promise.all(answers.map((answer) => answer.text()));
    await expect.poll(async () => (await setup.chat({ stream: true })).status).toBe(200);
  });
});

const headersOf = ({ key }: TestGateway) => ({ authorization: `Bearer ${key}`, 'content-type': 'application/json' });

describe('limits of other scopes', () => {
  it('count end users and models by themselves', async () => {
    await using setup = await rig({
      limits: { scopes: { 'end-user:*': { requestsPerMinute: 1 }, 'model:up/cheap': { requestsPerMinute: 2 } } },
    });
    const statuses = async (...asked: object[]) => {
      const seen: number[] = [];
      for (const more of asked) seen.push((await setup.chat(more)).status);
      return seen;
    };
    expect(await statuses({ user: 'a' }, { user: 'a' }, { user: 'b' }, {})).toEqual([200, 429, 200, 200]);
    expect(await statuses({ model: 'up/cheap' }, { model: 'up/cheap' }, { model: 'up/cheap' })).toEqual([
      200, 200, 429,
    ]);
  });
});

describe('a budget', () => {
  it('for ten calls lets ten of 100 simultaneous ones through, and nothing more is spent', async () => {
    await using setup = await rig({ budgets: { default: { usd: 0.011 } } });
    const spent = async () => (await setup.gateway.rows()).reduce((sum, row) => sum + (row.costMicroUsd ?? 0), 0);
    const answers = await Promise.all(Array.from({ length: 100 }, () => setup.chat()));
    expect(Object.keys(count(answers))).toEqual(['200', '429']);
    let last = answers.find(({ status }) => status === 429) as Response;
    expect([await codeOf(last), last.headers.get('retry-after')]).toEqual(['insufficient_quota', null]);
    // What was reserved and not used is there for others.
    await expect.poll(async () => (last = await setup.chat()).status).toBe(429);
    expect(setup.upstream.calls).toBe(10);
    await expect.poll(spent).toBe(10_000);
  });

  it('is refused as it says, and tells when to come again where it begins anew', async () => {
    await using setup = await rig({ budgets: { default: { usd: 0, window: '30d', exceededStatus: 402 } } });
    const refused = await setup.chat();
    expect([refused.status, await codeOf(refused)]).toEqual([402, 'insufficient_quota']);
    expect(Number(refused.headers.get('retry-after'))).toBe(30 * 86_400);
  });

  it('leads to a cheaper model where it says so, and tells', async () => {
    await using setup = await rig({
      budgets: { default: { usd: 0.001, fallback: 'cheap' } },
      models: { cheap: { targets: [{ provider: 'up', model: 'cheap' }] } },
    });
    const answer = await setup.chat();
    expect([answer.status, answer.headers.get('x-sluice-model'), answer.headers.get('x-sluice-adjustments')]).toEqual([
      200,
      'cheap',
      'model=changed',
    ]);
    await expect
      .poll(() => setup.gateway.logLines().filter(({ msg }) => msg === 'budget alert'))
      .toMatchObject([{ level: 'warn', budget: 'default', kind: 'exceeded' }]);
  });

  it('of nothing lets no model through whose price is not known', async () => {
    await using setup = await rig({ budgets: { default: { usd: 0 } } });
    const refused = await setup.chat({ model: 'up/unknown' });
    expect([refused.status, await codeOf(refused), setup.upstream.calls]).toEqual([429, 'insufficient_quota', 0]);
  });

  it('that takes no models without a price is not escaped by an alias with one target that has none', async () => {
    await using setup = await rig({
      budgets: { default: { usd: 1, unpriced: 'refuse' } },
      models: {
        mixed: {
          targets: [
            { provider: 'up', model: 'm' },
            { provider: 'up', model: 'unknown' },
          ],
        },
      },
    });
    const refused = await setup.chat({ model: 'mixed' });
    expect([refused.status, await codeOf(refused), setup.upstream.calls]).toEqual([429, 'insufficient_quota', 0]);
    expect((await setup.chat()).status).toBe(200);
  });
});

const RAW = ['/passthrough/up/chat/completions', '/passthrough/up/anything'];
const PATHS = [...new Set([...INFERENCE_DESCRIPTIONS.map(({ path }) => path), ...RAW])];
/** To count the tokens of a prompt costs nothing, so a budget of nothing has room for it. */
const isFree = (path: string): boolean => /count_?tokens/i.test(path);

const PAID = PATHS.filter((path) => !isFree(path));
const NOTHING = { budgets: { default: { usd: 0 } } };

describe.each([
  { what: 'a budget of nothing', rules: NOTHING, model: 'up/m', paths: PAID },
  { what: 'it, before a model without a price,', rules: NOTHING, model: 'up/unknown', paths: PAID },
  {
    what: 'a limit of no requests',
    rules: { limits: { profiles: { default: { requestsPerMinute: 0 } } } },
    model: 'up/m',
    paths: PATHS,
  },
])('$what', ({ rules, model, paths }) => {
  it('stands before every endpoint, and nothing reaches a provider around it', async () => {
    await using setup = await rig(rules);
    expect(paths.length).toBeGreaterThan(20);
    const around: string[] = [];
    for (const path of paths) {
      const { status } = await ask(setup.gateway, path, model);
      if (status !== 429) around.push(`${path}: ${status}`);
    }
    const detached = await setup.gateway.call('/v1/responses', { model, input: 'Hello', background: true });
    expect([around, detached.status, setup.upstream.calls]).toEqual([[], 429, 0]);
  });
});

function ask({ url, key, call }: TestGateway, path: string, model: string): Promise<Response> {
  if (!path.endsWith('transcriptions')) {
    return call(path.replace('{model}', encodeURIComponent(model)), bodyFor(path, model));
  }
  const form = new FormData();
  form.set('model', model);
  form.set('file', new Blob(['sound']), 'a.mp3');
  return fetch(url + path, { method: 'POST', headers: { authorization: `Bearer ${key}` }, body: form });
}

const SAID = { parts: [{ text: 'Hello' }] };

/** What any endpoint takes: those of a dialect look at their own fields. */
function bodyFor(path: string, model: string): object {
  if (path.endsWith(':batchEmbedContents')) return { requests: [{ model: `models/${model}`, content: SAID }] };
  if (path.endsWith(':embedContent')) return { content: SAID };
  if (path.includes('{model}:')) return { contents: [{ role: 'user', ...SAID }] };
  if (path.includes('rerank')) return { model, query: 'a', documents: ['b'] };
  if (path.includes('speech')) return { model, input: 'Hello', voice: 'alloy' };
  if (/responses|embed|moderations/.test(path)) return { model, input: 'Hello' };
  if (/images|\/completions/.test(path)) return { prompt: 'Hello', ...PROMPT, model };
  return { ...PROMPT, model, max_tokens: 9 };
}
