import { fakeUpstream, reply } from '@sluice/testkit';
import type { Reply } from '@sluice/testkit';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';

const MODEL = 'w/ibm/granite-3-3-8b-instruct';
const QUESTION = [{ role: 'user' as const, content: 'What is 2 + 2?' }];
const USAGE = { completion_tokens: 9, prompt_tokens: 31, total_tokens: 40 };
const ARGUMENTS = '{"a": 2, "b": 2}';
const CHUNK = { id: 'chatcmpl-1', object: 'chat.completion.chunk', model_id: 'ibm/granite-3-3-8b-instruct' };

const TOKEN = reply().json({ access_token: 'iam-e2e', expires_in: 3600, token_type: 'Bearer' });
const MODELS = reply().json({ resources: [{ model_id: 'ibm/granite-3-3-8b-instruct' }] });

const chunk = (delta: object, reason: string | null = null): string =>
  frame('message', { ...CHUNK, choices: [{ index: 0, finish_reason: reason, delta }] });
const LAST = frame('message', { ...CHUNK, choices: [], usage: USAGE });

function frame(event: string, data: object): string {
  return `id: 1\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

async function open(first: Reply, ...later: readonly Reply[]) {
  const upstream = await fakeUpstream(first, ...later);
  const w = {
    kind: 'watsonx',
    apiKey: { env: 'UPSTREAM_KEY' },
    projectId: 'p1',
    baseUrl: upstream.url,
    iamUrl: upstream.url,
  };
  const gateway = await startGateway({ providers: { w } });
  onTestFinished(async () => {
    await gateway.close();
    await upstream.close();
  });
  return { gateway, upstream };
}

/** A gateway that has its token and its list of models, before answers that are given in turn. */
async function serving(...answers: readonly Reply[]) {
  const { gateway, upstream } = await open(TOKEN, MODELS, ...answers);
  await vi.waitUntil(() => upstream.requests.length > 1);
  const calls = () => upstream.requests.slice(2).map(({ path, body }) => ({ path, body: JSON.parse(String(body)) }));
  return { gateway, upstream, calls };
}

it('streams reasoning and a tool call to a client of Anthropic, with a token that it asked for once', async () => {
  const call = { index: 0, id: 'call-1', type: 'function', function: { name: 'sum', arguments: '' } };
  const stream = reply().sse([
    chunk({ role: 'assistant', content: '' }),
    chunk({ reasoning_content: 'A sum.' }),
    chunk({ tool_calls: [call] }),
    chunk({ tool_calls: [{ index: 0, function: { name: '', arguments: ARGUMENTS } }] }, 'tool_calls'),
    LAST,
  ]);
  const { gateway, upstream, calls } = await serving(stream, stream);
  const asked = {
    model: MODEL,
    max_tokens: 50,
    messages: QUESTION,
    tools: [{ name: 'sum', input_schema: { type: 'object' as const } }],
    tool_choice: { type: 'any' as const },
  };
  const { content, stop_reason, usage } = await gateway.anthropic.messages.stream(asked).finalMessage();
  await gateway.anthropic.messages.stream(asked).finalMessage();
  expect([content, stop_reason, usage.input_tokens, usage.output_tokens]).toMatchObject([
    [
      { type: 'thinking', thinking: 'A sum.' },
      { type: 'tool_use', id: 'call-1', name: 'sum', input: { a: 2, b: 2 } },
    ],
    'tool_use',
    31,
    9,
  ]);
  expect(upstream.requests.map(({ path }) => path)).toEqual([
    '/identity/token',
    '/ml/v1/foundation_model_specs?version=2026-08-11&limit=200',
    '/ml/v1/text/chat_stream?version=2026-08-11',
    '/ml/v1/text/chat_stream?version=2026-08-11',
  ]);
  const [token, ...others] = upstream.requests;
  expect(Object.fromEntries(new URLSearchParams(String(token?.body)))).toEqual({
    grant_type: 'urn:ibm:params:oauth:grant-type:apikey',
    response_type: 'cloud_iam',
    apikey: 'sk-upstream',
  });
  expect(new Set(others.map(({ headers }) => headers['authorization']))).toEqual(new Set(['Bearer iam-e2e']));
  expect(calls()[0]?.body).toMatchObject({
    model_id: 'ibm/granite-3-3-8b-instruct',
    project_id: 'p1',
    max_completion_tokens: 50,
    tool_choice_option: 'required',
  });
});

it('answers a client of OpenAI, embeds and ranks', async () => {
  const message = { role: 'assistant', content: '4.' };
  const chat = { ...CHUNK, choices: [{ index: 0, message, finish_reason: 'stop' }], usage: USAGE };
  const { gateway, calls } = await serving(
    reply().json(chat),
    reply().json({ model_id: 'slate', results: [{ embedding: [0.5, 1] }], input_token_count: 3 }),
    reply().json({
      model_id: 'ranker',
      results: [
        { index: 1, score: -1 },
        { index: 0, score: 2 },
      ],
      input_token_count: 7,
    }),
  );
  const { choices, model } = await gateway.openai.chat.completions.create({ model: MODEL, messages: QUESTION });
  const { data } = await gateway.openai.embeddings.create({ model: 'w/slate', input: 'a', encoding_format: 'float' });
  const ranked = await gateway.call('/v1/rerank', { model: 'w/ranker', query: 'q', documents: ['a', 'b'], top_n: 2 });
  expect([choices[0]?.message.content, model, data[0]?.embedding]).toEqual(['4.', MODEL.slice(2), [0.5, 1]]);
  expect(await ranked.json()).toMatchObject({ results: [{ index: 0 }, { index: 1 }] });
  expect(calls().map(({ path }) => path)).toEqual([
    '/ml/v1/text/chat?version=2026-08-11',
    '/ml/v1/text/embeddings?version=2026-08-11',
    '/ml/v1/text/rerank?version=2026-08-11',
  ]);
});

it('never ends well where the stream reports an error', async () => {
  const failed = frame('error', { errors: [{ code: 'downstream_request_failed', message: 'no' }], status_code: 500 });
  const { gateway } = await serving(reply().sse([chunk({ content: '4' }), failed]));
  const answer = await gateway.call('/v1/chat/completions', { model: MODEL, messages: QUESTION, stream: true });
  const text = await answer.text();
  expect([text.includes('"error"'), text.includes('[DONE]')]).toEqual([true, false]);
});

it('tells a refusal of its key without what the vendor said of it', async () => {
  const words = { errorCode: 'BXNIM0415E', errorMessage: 'Provided API key could not be found.' };
  const { gateway } = await open(reply().status(400).json(words));
  const answer = await gateway.call('/v1/chat/completions', { model: MODEL, messages: QUESTION });
  const { error } = (await answer.json()) as { readonly error: { readonly code: string; readonly message: string } };
  expect([answer.status, error.code, error.message.includes('found')]).toEqual([502, 'upstream_auth_error', false]);
});
