import { fakeUpstream, reply } from '@sluice/testkit';
import type { FakeUpstream } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import type { GatewayConfig } from '../gateway.js';
import { startGateway } from './__fixtures__/gateway.js';
import type { TestGateway } from './__fixtures__/gateway.js';

const USER = { messages: [{ role: 'user', content: 'Hello' }] };
const CHAT = '/v1/chat/completions';
const choice = (content = 'Hello') => ({ message: { role: 'assistant', content }, finish_reason: 'stop' });
const completion = (choices: readonly object[] = [choice()]) => ({
  id: 'x',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: choices.map((one, index) => ({ index, ...one })),
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

async function start(config: GatewayConfig, ...answers: Parameters<typeof fakeUpstream>) {
  const upstream = await fakeUpstream(reply().json({ data: [] }), ...answers);
  const up = { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1`, apiKey: { env: 'UPSTREAM_KEY' } };
  const gateway = await startGateway({ providers: { up }, ...config });
  const calls = (): number => asked(upstream);
  const close = async (): Promise<void> => {
    await gateway.close();
    await upstream.close();
  };
  return { gateway, calls, [Symbol.asyncDispose]: close };
}

const asked = ({ requests }: FakeUpstream): number => requests.filter(({ method }) => method === 'POST').length;
const headersOf = (key: string) => ({ authorization: `Bearer ${key}`, 'content-type': 'application/json' });

async function verdict(answer: Response): Promise<string> {
  const text = await answer.text();
  const code = /"(?:code|reason)":\s?"(model_\w+|unknown_\w+|\w+_exceeded)"/.exec(text)?.[1];
  const param = /"param":\s?"([^"]+)"/.exec(text)?.[1];
  return [answer.status, code, param].filter((part) => part !== undefined).join(' ');
}

const target = (model: string) => ({ targets: [{ provider: 'up', model }] });

describe('H-04: a key for one model', () => {
  const openai = (model: string, more: object = {}) => [CHAT, { ...USER, model, ...more }] as const;
  it.each<readonly [string, readonly [path: string, body: object], string]>([
    ['that alias', openai('fast'), '200'],
    ['another alias', openai('other'), '403 model_not_allowed model'],
    ['another alias of the same model', openai('same'), '403 model_not_allowed model'],
    ['the model behind it', openai('up/m'), '403 model_not_allowed model'],
    ['the model behind it by its bare name', openai('m'), '403 model_not_allowed model'],
    ['its name in other letters', openai('FAST'), '403 model_not_allowed model'],
    ['its name and a space', openai('fast '), '403 model_not_allowed model'],
    ['its name with a provider in front', openai('up/fast'), '403 model_not_allowed model'],
    ['another one in the list of models', openai('fast', { models: ['other'] }), '403 model_not_allowed models[0]'],
    [
      'another one in a list that begins with it',
      openai('fast', { models: ['fast', 'up/m'] }),
      '403 model_not_allowed models[1]',
    ],
    ['another one to embed', ['/v1/embeddings', { model: 'other', input: 'x' }], '403 model_not_allowed model'],
    [
      'another one, as Anthropic',
      ['/v1/messages', { ...USER, model: 'other', max_tokens: 5 }],
      '403 model_not_allowed',
    ],
    [
      'another one, as Google',
      ['/v1beta/models/other:generateContent', { contents: [{ parts: [{ text: 'x' }] }] }],
      '403 model_not_allowed',
    ],
    [
      'another one, as Azure',
      ['/openai/deployments/other/chat/completions?api-version=2024-10-21', USER],
      '403 model_not_allowed model',
    ],
    [
      'another one in a raw request',
      ['/passthrough/up/chat/completions', { ...USER, model: 'm' }],
      '403 model_not_allowed',
    ],
  ])('may ask for nothing else: %s', async (_, [path, body], expected) => {
    const models = { fast: target('m'), same: target('m'), other: target('n') };
    await using setup = await start({ models }, reply().json(completion()));
    const headers = headersOf(await setup.gateway.createKey({ name: 'narrow', models: ['fast'] }));
    const answer = await setup.gateway.call(path, body, { headers });
    expect([(await verdict(answer)).slice(0, expected.length), setup.calls()]).toEqual([
      expected,
      expected === '200' ? 1 : 0,
    ]);
  });

  it('falls back where the alias says so, which is the operator’s word', async () => {
    const models = { fast: { ...target('m'), fallbacks: [{ alias: 'other' }] }, other: target('n') };
    const failing = reply()
      .status(500)
      .json({ error: { message: 'no' } });
    await using setup = await start({ models }, failing, failing, reply().json(completion()));
    const headers = headersOf(await setup.gateway.createKey({ name: 'narrow', models: ['fast'] }));
    expect((await setup.gateway.call(CHAT, { ...USER, model: 'fast' }, { headers })).status).toBe(200);
  });
});

describe('H-25: a prompt that is longer than every model takes', () => {
  const catalogue = { models: { 'up/m': { maxInputTokens: 1_000 }, 'up/n': { maxInputTokens: 2_000 } } };
  const models = { fast: { ...target('m'), fallbacks: [{ provider: 'up', model: 'n' }] } };
  const long = [{ role: 'user', content: 'word '.repeat(20_000) }];
  it.each([
    [CHAT, { model: 'fast', messages: long }, '400 context_length_exceeded messages'],
    [CHAT, { model: 'fast', messages: long, stream: true }, '400 context_length_exceeded messages'],
    [CHAT, { model: 'up/m', messages: long }, '400 context_length_exceeded messages'],
    ['/v1/messages', { model: 'fast', messages: long, max_tokens: 5 }, '400 context_length_exceeded'],
    ['/v1/responses', { model: 'fast', input: long }, '400 context_length_exceeded'],
  ])('%s is refused before anybody is asked', async (path, body, expected) => {
    await using setup = await start({ catalogue, models }, reply().json(completion()));
    expect((await verdict(await setup.gateway.call(path, body))).slice(0, expected.length)).toBe(expected);
    expect(setup.calls()).toBe(0);
    expect((await setup.gateway.call(CHAT, { ...USER, model: 'fast' })).status).toBe(200);
  });
});

describe('H-26: an answer from the cache', () => {
  const config = { cache: { enabled: true }, models: { fast: target('m') } };
  const ask = async (gateway: TestGateway, body: object, key = gateway.key): Promise<string | null> => {
    const answer = await gateway.call(CHAT, { ...USER, model: 'fast', ...body }, { headers: headersOf(key) });
    await answer.text();
    return answer.headers.get('x-sluice-cache');
  };
  const twice = async (gateway: TestGateway, body: object = {}) => [await ask(gateway, body), await ask(gateway, body)];

  it('is for the organisation that asked, and for no other', async () => {
    await using setup = await start(config, reply().json(completion()));
    const { gateway } = setup;
    const admin = { method: 'POST', headers: headersOf(gateway.adminKey) };
    await fetch(`${gateway.url}/admin/v1/orgs`, { ...admin, body: '{"id":"acme","name":"Acme"}' });
    const key = await gateway.createKey({ name: 'theirs', org: 'acme' });
    expect(await twice(gateway)).toEqual(['miss', 'hit']);
    expect([await ask(gateway, {}, key), await ask(gateway, {}, key)]).toEqual(['miss', 'hit']);
    expect(setup.calls()).toBe(2);
  });

  it('answers the very same question: whatever a question says makes another one of it', async () => {
    await using setup = await start(
      { ...config, models: { fast: target('m'), slow: target('n') } },
      reply().json(completion()),
    );
    const tool = { type: 'function', function: { name: 'f', parameters: { type: 'object' } } };
    const others = [
      { model: 'slow' },
      { model: 'up/m' },
      { messages: [{ role: 'system', content: 'Be brief.' }, ...USER.messages] },
      { messages: [{ role: 'user', content: 'Hello ' }] },
      { temperature: 0.1 },
      { top_p: 0.5 },
      { seed: 1 },
      { max_tokens: 5 },
      { stop: ['x'] },
      { presence_penalty: 1 },
      { frequency_penalty: 1 },
      { logit_bias: { 5: 1 } },
      { n: 1 },
      { tools: [tool] },
      { tools: [tool], tool_choice: 'none' },
      { response_format: { type: 'json_object' } },
      { user: 'somebody' },
      { something_new: true },
    ];
    expect(await twice(setup.gateway)).toEqual(['miss', 'hit']);
    const seen: unknown[] = [];
    for (const body of others) seen.push(await ask(setup.gateway, body));
    expect(seen).toEqual(others.map(() => 'miss'));
  });

  it.each<readonly [string, object, ReturnType<typeof reply>]>([
    [
      'an error',
      {},
      reply()
        .status(400)
        .json({ error: { message: 'no', code: 'odd' } }),
    ],
    [
      'a provider that fails',
      {},
      reply()
        .status(500)
        .json({ error: { message: 'no' } }),
    ],
    ['a page in place of an answer (F27)', {}, reply().headers({ 'content-type': 'application/json' }).body('<html>')],
    [
      'an answer that was cut',
      {},
      reply().headers({ 'content-type': 'application/json' }).body('{"id":"x","choices":['),
    ],
    ['fewer choices than were asked for', { n: 2 }, reply().json(completion())],
    ['more than a megabyte', {}, reply().json(completion([choice('x'.repeat(1_100_000))]))],
  ])('is never %s', async (_, body, answer) => {
    await using setup = await start({ ...config, models: { fast: { ...target('m'), retries: { max: 0 } } } }, answer);
    expect((await twice(setup.gateway, body)).includes('hit')).toBe(false);
    expect(setup.calls()).toBe(2);
  });

  it('may have several choices', async () => {
    await using setup = await start(config, reply().json(completion([choice(), choice('Hi')])));
    expect(await twice(setup.gateway, { n: 2 })).toEqual(['miss', 'hit']);
  });

  it('is never a stream, nor part of one', async () => {
    const cut = reply().sse(['data: {"id":"a","choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n']);
    await using setup = await start(config, cut);
    expect(await twice(setup.gateway, { stream: true })).toEqual(['bypass', 'bypass']);
    expect(setup.calls()).toBe(2);
  });
});
