import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fakeUpstream, reply } from '@sluice/testkit';
import type { Reply } from '@sluice/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';
import type { TestGateway } from './__fixtures__/gateway.js';
import { startPricedUpstream } from './__fixtures__/priced-upstream.js';
import { codeOf } from './__fixtures__/read-answers.js';
import type { GatewayConfig } from '../gateway.js';

const PRICES = { 'up/m': { prices: [{ usdPerMillionTokens: { input: 10, output: 10 } }] } };
const CHAT = { model: 'up/m', max_tokens: 90, messages: [{ role: 'user', content: 'Hello' }] };
const PATH = '/v1/chat/completions';

async function open(budgets: NonNullable<GatewayConfig['budgets']> = {}): Promise<TestGateway> {
  // Every call costs 1,000 micro-USD.
  const upstream = await startPricedUpstream({ promptTokens: 10, completionTokens: 90 });
  const providers = { up: { kind: 'openai-compatible', baseUrl: upstream.url } };
  const gateway = await startGateway({ providers, catalogue: { models: PRICES }, budgets });
  onTestFinished(async () => {
    await gateway.close();
    await upstream[Symbol.asyncDispose]();
  });
  return gateway;
}

const asOperator = ({ adminKey }: TestGateway) => ({
  authorization: `Bearer ${adminKey}`,
  'content-type': 'application/json',
});

async function admin(gateway: TestGateway, path: string, body?: object | 'DELETE'): Promise<unknown> {
  const method = body === 'DELETE' ? body : undefined;
  const response = await gateway.call(`/admin/v1${path}`, method ? undefined : body, {
    headers: asOperator(gateway),
    ...(method ? { method } : {}),
  });
  expect([path, response.status]).toEqual([path, method === 'DELETE' ? 204 : 200]);
  return method === 'DELETE' ? undefined : response.json();
}

const statusOf = async (gateway: TestGateway, init?: RequestInit) => (await gateway.call(PATH, CHAT, init)).status;
/** A change holds in a running gateway within a second; what was reserved is given back with the end of the request. */
const becomes = (gateway: TestGateway, status: number) => expect.poll(() => statusOf(gateway)).toBe(status);

describe('/admin/v1/budgets', () => {
  it('sets a budget, shows what is spent of it, raises it for a time, and takes it back', async () => {
    const gateway = await open();
    await admin(gateway, '/budgets', { name: 'default', usd: 0.0015, window: 'day' });
    expect([await statusOf(gateway), await statusOf(gateway)]).toEqual([200, 429]);
    const list = () => admin(gateway, '/budgets');
    await expect.poll(list).toMatchObject({
      data: [{ name: 'default', usd: 0.0015, window: 'day', source: 'database', spent: [{ usedUsd: 0.001 }] }],
    });
    await admin(gateway, '/budgets/default/raise', { usd: 1, until: new Date(Date.now() + 60_000).toISOString() });
    expect(await statusOf(gateway)).toBe(200);
    await admin(gateway, '/budgets/default', 'DELETE');
    expect([await statusOf(gateway), await list()]).toEqual([200, { data: [] }]);
  });

  it('refuses a webhook that a caller of the admin API names', async () => {
    const gateway = await open();
    const body = { name: 'x', usd: 1, webhook: 'http://169.254.169.254/' };
    const refused = await gateway.call('/admin/v1/budgets', body, { headers: asOperator(gateway) });
    expect([refused.status, await codeOf(refused)]).toEqual([400, 'unsafe_url']);
  });
});

it('/admin/v1/limits sets the limits of a scope, and takes them back', async () => {
  const gateway = await open();
  await admin(gateway, '/limits', { scope: 'org:default', requestsPerMinute: 1 });
  expect([await statusOf(gateway), await statusOf(gateway)]).toEqual([200, 429]);
  expect(await admin(gateway, '/limits')).toEqual({
    data: [{ scope: 'org:default', requestsPerMinute: 1, source: 'database' }],
  });
  await admin(gateway, '/limits/org:default', 'DELETE');
  await becomes(gateway, 200);
});

describe('the budget of a key', () => {
  it('is its own, or the one that it names, which must exist and be of no scope', async () => {
    const gateway = await open({ small: { usd: 0 }, default: { usd: 1 }, theirs: { scope: 'team:x', usd: 1 } });
    const call = async (budget: unknown) => {
      const key = await gateway.createKey({ name: 'k', budget });
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
      return statusOf(gateway, { headers });
    };
    expect([await call('small'), await call({ usd: 0, exceededStatus: 402 }), await call({ usd: 1 })]).toEqual([
      429, 402, 200,
    ]);
    const refusals = ['none', 'theirs'].map(async (budget) => {
      const refused = await gateway.call('/admin/v1/keys', { name: 'k', budget }, { headers: asOperator(gateway) });
      return [refused.status, (await refused.text()).replaceAll(budget, 'NAME').replaceAll(/req_\w+/g, '')];
    });
    const [none, theirs] = await Promise.all(refusals);
    expect(none?.[0]).toBe(400);
    expect(theirs).toEqual(none);
  });

  it('lets no model without a price through where it says so', async () => {
    const gateway = await open({ default: { usd: 1, unpriced: 'refuse' } });
    const refused = await gateway.call(PATH, { ...CHAT, model: 'up/unknown' });
    expect([refused.status, await codeOf(refused), await statusOf(gateway)]).toEqual([429, 'insufficient_quota', 200]);
  });
});

it('an alert goes to the log and to the webhook, once for each threshold', async () => {
  const told: unknown[] = [];
  const server = createServer((req, res) => {
    let body = '';
    req.on('data', (piece: Buffer) => (body += piece.toString()));
    req.once('end', () => {
      told.push(JSON.parse(body));
      res.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const webhook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/alerts`;
  const gateway = await open({ default: { usd: 1, softUsd: 0.0005, webhook } });
  for (let call = 0; call < 4; call += 1) expect(await statusOf(gateway)).toBe(200);
  await expect.poll(() => told).toMatchObject([{ type: 'budget_alert', kind: 'soft', budget: 'default', limitUsd: 1 }]);
  await expect.poll(() => gateway.logLines().filter(({ msg }) => msg === 'budget alert')).toHaveLength(1);
});

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const WORDS = chunk({ role: 'assistant', content: 'Hello to all of you out there' });
const USAGE = `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage: { prompt_tokens: 10, completion_tokens: 9, total_tokens: 19 } })}\n\n`;

const POINTS: readonly (readonly [point: string, script: Reply, source: string])[] = [
  ['before the headers', reply().silence(), 'estimated'],
  ['after one event', reply().sse([WORDS]).silence(), 'estimated'],
  [
    'within an event',
    reply()
      .sse([WORDS, WORDS.slice(0, 40)])
      .silence(),
    'estimated',
  ],
  [
    'before [DONE]',
    reply()
      .sse([WORDS, chunk({}, 'stop'), USAGE])
      .silence(),
    'provider',
  ],
];

/** So many callers leave at each point; 200 in all. */
const CALLERS = 50;

describe('a caller that leaves', () => {
  it.each(POINTS)(
    '%s has a row with what its request has cost so far, and holds nothing',
    async (_, script, source) => {
      const upstream = await fakeUpstream(script);
      const gateway = await startGateway({
        providers: { up: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1` } },
        catalogue: { models: PRICES },
        limits: { profiles: { default: { concurrent: CALLERS, tokensPerMinute: 1_000_000 } } },
        budgets: { default: { usd: 5 } },
      });
      onTestFinished(async () => {
        await gateway.close();
        await upstream.close();
      });
      const callers = Array.from({ length: CALLERS }, () => begin(gateway));
      const begun = Promise.all(callers.map(({ answer }) => answer.then(({ body }) => body?.getReader().read())));
      if (script !== POINTS[0]?.[1]) await begun;
      await expect.poll(() => upstream.requests.filter(({ method }) => method === 'POST').length).toBe(CALLERS);
      // What was sent is on its way through both sockets.
      await sleep(300);
      for (const { leave } of callers) leave();
      await begun.catch(() => undefined);
      const rows = async () => (await gateway.rows()).filter(({ state }) => state === 'settled');
      await expect.poll(async () => (await rows()).length).toBe(CALLERS);
      const all = await rows();
      expect(all.filter(({ costMicroUsd }) => !(costMicroUsd !== null && costMicroUsd > 0))).toEqual([]);
      expect(new Set(all.map(({ status, usageSource }) => `${status} ${usageSource}`))).toEqual(
        new Set([`499 ${source}`]),
      );
      const spent = all.reduce((sum, { costMicroUsd }) => sum + (costMicroUsd ?? 0), 0);
      await expect
        .poll(() => admin(gateway, '/budgets'))
        .toMatchObject({ data: [{ spent: [{ usedUsd: spent / 1_000_000 }] }] });
      expect(await gateway.metrics()).toContain('sluice_reservations 0');
    },
  );
});

function begin(gateway: TestGateway): { readonly answer: Promise<Response>; readonly leave: () => void } {
  const leaving = new AbortController();
  const headers = { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' };
  const answer = gateway.call(PATH, { ...CHAT, stream: true }, { headers, signal: leaving.signal });
  answer.catch(() => undefined);
  return { answer, leave: () => leaving.abort() };
}
