import { fakeUpstream, reply } from '@sluice/testkit';
import type { FakeUpstream, Reply } from '@sluice/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { GatewayConfig } from '../gateway.js';
import { startGateway } from './__fixtures__/gateway.js';
import type { TestGateway } from './__fixtures__/gateway.js';

const CHAT = reply().json({
  id: 'x',
  object: 'chat.completion',
  created: 1,
  model: 'up',
  choices: [{ index: 0, message: { role: 'assistant', content: 'from openai' }, finish_reason: 'stop' }],
  usage: {
    prompt_tokens: 1_000,
    completion_tokens: 100,
    total_tokens: 1_100,
    prompt_tokens_details: { cached_tokens: 400 },
  },
});
const MESSAGE = reply().json({
  id: 'x',
  type: 'message',
  role: 'assistant',
  model: 'up',
  content: [{ type: 'text', text: 'from anthropic' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 600, output_tokens: 100, cache_read_input_tokens: 400, cache_creation_input_tokens: 0 },
});
const MESSAGES = [{ role: 'user', content: 'Hello' }];

interface Setup {
  readonly gateway: TestGateway;
  readonly openai: FakeUpstream;
  readonly claude: FakeUpstream;
}

/** A gateway with an account at each of two vendors, neither of which lists its models. */
async function setUp(rest: GatewayConfig = {}): Promise<Setup> {
  const unlisted = (answer: Reply) => fakeUpstream(reply().status(404).json({}), answer);
  const [openai, claude] = await Promise.all([unlisted(CHAT), unlisted(MESSAGE)]);
  const gateway = await startGateway({
    providers: {
      openai: { kind: 'openai', baseUrl: `${openai.url}/v1` },
      claude: { kind: 'anthropic', baseUrl: claude.url },
    },
    ...rest,
  });
  onTestFinished(async () => {
    await gateway.close();
    await Promise.all([openai.close(), claude.close()]);
  });
  await Promise.all([openai.received(1), claude.received(1)]);
  return { gateway, openai, claude };
}

const bodyOf = (upstream: FakeUpstream): string => Buffer.from(upstream.requests[1]?.body ?? []).toString();

describe('a bare name', () => {
  it('finds the vendor that has the model, whatever dialect the caller speaks', async () => {
    const { gateway, claude } = await setUp();
    const answer = await gateway.openai.chat.completions.create({
      model: 'claude-haiku-4-5-20251001',
      messages: [{ role: 'user', content: 'Hello' }],
    });
    expect(answer.choices[0]?.message.content).toBe('from anthropic');
    expect(bodyOf(claude)).toContain('"model":"claude-haiku-4-5-20251001"');
  });

  it('lets a coding agent of one vendor work with the models of another', async () => {
    const { gateway } = await setUp();
    const { content } = await gateway.anthropic.messages.create({
      model: 'gpt-4o',
      max_tokens: 20,
      messages: [{ role: 'user', content: 'Hello' }],
    });
    expect(content).toMatchObject([{ type: 'text', text: 'from openai' }]);
  });

  it('that is new goes to the only provider of the dialect, as before', async () => {
    const { gateway, openai } = await setUp();
    const answer = await gateway.call('/v1/chat/completions', { model: 'gpt-99-next', messages: MESSAGES, top_p: 0.5 });
    expect([answer.status, bodyOf(openai)]).toEqual([200, expect.stringContaining('"top_p":0.5')]);
  });
});

describe('a model that is known', () => {
  it('gets the bytes as they came, less what it refuses, and the caller is told', async () => {
    const { gateway, openai } = await setUp();
    const body = String.raw`{"model":"o3", "temperature" : 0.2,"messages":[{"role":"user","content":"caf\u00e9"}],"seed":1.0,"top_p":1}`;
    const answer = await gateway.call('/v1/chat/completions', body);
    expect(bodyOf(openai)).toBe(
      String.raw`{"model":"o3", "messages":[{"role":"user","content":"caf\u00e9"}],"seed":1.0}`,
    );
    expect(answer.headers.get('x-sluice-adjustments')).toBe('temperature=dropped, top_p=dropped');
  });

  it('is not asked for what it cannot do', async () => {
    const { gateway, openai } = await setUp();
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };
    const messages = [{ role: 'user', content: [image] }];
    const answer = await gateway.call('/v1/chat/completions', { model: 'gpt-3.5-turbo', messages });
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { error: { code: 'invalid_value', param: 'model', message: expect.stringContaining('vision') as string } },
    ]);
    expect(openai.requests).toHaveLength(1);
  });

  it('is left out of an alias for a request that needs more', async () => {
    const targets = [
      { provider: 'openai', model: 'gpt-3.5-turbo' },
      { provider: 'claude', model: 'claude-haiku-4-5' },
    ];
    const { gateway } = await setUp({ models: { fast: { targets } } });
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } };
    const messages = [{ role: 'user', content: [image] }];
    const answer = await gateway.call('/v1/chat/completions', { model: 'fast', messages });
    expect([answer.status, answer.headers.get('x-sluice-model')]).toEqual([200, 'claude-haiku-4-5']);
  });

  it('is listed where its provider lists nothing', async () => {
    const { gateway } = await setUp();
    const { data } = (await (await gateway.call('/v1/models')).json()) as { readonly data: readonly { id: string }[] };
    const ids = data.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['openai/gpt-4o', 'claude/claude-haiku-4-5']));
  });
});

describe('the cost of an answer', () => {
  it('stands on it, exact, and in the ledger, the same over both wires', async () => {
    const { gateway } = await setUp();
    const gpt = await gateway.call('/v1/chat/completions', { model: 'openai/gpt-4o', messages: MESSAGES });
    const haiku = await gateway.call('/v1/chat/completions', { model: 'claude/claude-haiku-4-5', messages: MESSAGES });
    // 600 x 2.5 + 400 x 1.25 + 100 x 10 USD, and 600 x 1 + 400 x 0.1 + 100 x 5 USD, for a million.
    expect([gpt, haiku].map(({ headers }) => headers.get('x-sluice-cost-usd'))).toEqual(['0.003', '0.00114']);
    await expect
      .poll(async () => (await gateway.rows()).map(({ costMicroUsd }) => costMicroUsd))
      .toEqual([1_140, 3_000]);
  });

  it('is by the price that the operator names, for the provider that it is named for', async () => {
    const prices = [{ usdPerMillionTokens: { input: '1', output: 0 } }];
    const { gateway } = await setUp({ catalogue: { models: { 'openai/my-model': { prices } } } });
    const ask = (model: string) => gateway.call('/v1/chat/completions', { model, messages: MESSAGES });
    const [known, unknown] = [await ask('openai/my-model'), await ask('openai/another')];
    expect([known, unknown].map(({ headers }) => headers.get('x-sluice-cost-usd'))).toEqual(['0.001', null]);
  });
});
