import { fakeUpstream, reply } from '@sluice/testkit';
import type { Reply } from '@sluice/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';
import type { TestGateway } from './__fixtures__/gateway.js';

const MODEL = 'local/qwen3:0.6b';
const QUESTION = [{ role: 'user' as const, content: 'What is 17 × 23?' }];
const END = { done: true, done_reason: 'stop', prompt_eval_count: 17, eval_count: 11 };

const line = (part: object): string =>
  `${JSON.stringify({ model: 'qwen3:0.6b', created_at: '2026-08-01T10:00:00.5Z', done: false, ...part })}\n`;
const lines = (...texts: readonly string[]): Reply =>
  reply().status(200).headers({ 'content-type': 'application/x-ndjson' }).body(texts.join(''));
const said = (message: object) => line({ message: { role: 'assistant', content: '', ...message } });

async function serving(answer: Reply) {
  const upstream = await fakeUpstream(answer);
  const local = { kind: 'ollama', baseUrl: upstream.url };
  const gateway: TestGateway = await startGateway({ providers: { local } });
  onTestFinished(async () => {
    await gateway.close();
    await upstream.close();
  });
  const chat = () => upstream.requests.find(({ path }) => path === '/api/chat');
  return { gateway, sent: () => JSON.parse(chat()?.body.toString() ?? 'null') as unknown };
}

it('streams thinking, text and usage to a client of OpenAI', async () => {
  const { gateway, sent } = await serving(
    lines(said({ thinking: 'Twice.' }), said({ content: '39' }), said({ content: '1' }), line({ ...END, message: {} })),
  );
  const stream = gateway.openai.chat.completions.stream({
    model: MODEL,
    messages: QUESTION,
    max_completion_tokens: 50,
    stream_options: { include_usage: true },
  });
  const { choices, model, usage } = await stream.finalChatCompletion();
  expect([choices[0]?.message.content, choices[0]?.finish_reason, model, usage?.prompt_tokens]).toEqual([
    '391',
    'stop',
    'qwen3:0.6b',
    17,
  ]);
  expect(sent()).toMatchObject({ model: 'qwen3:0.6b', stream: true, options: { num_predict: 50 } });
});

it('brings the calls of tools to a client of Anthropic', async () => {
  const call = (city: string) => ({ function: { name: 'get_weather', arguments: { city } } });
  const { gateway } = await serving(
    lines(said({ tool_calls: [call('Oslo'), call('Rome')] }), line({ ...END, message: {} })),
  );
  const message = await gateway.anthropic.messages
    .stream({
      model: MODEL,
      max_tokens: 50,
      messages: QUESTION,
      tools: [{ name: 'get_weather', input_schema: { type: 'object' } }],
    })
    .finalMessage();
  expect([message.stop_reason, message.content]).toMatchObject([
    'tool_use',
    [
      { type: 'tool_use', id: 'call_202608011000005_0', input: { city: 'Oslo' } },
      { type: 'tool_use', id: 'call_202608011000005_1', input: { city: 'Rome' } },
    ],
  ]);
});

it('never ends well where the lines break off', async () => {
  const { gateway } = await serving(lines(said({ content: '39' }), '{"model":"qwen3:0.6b","mess'));
  const answer = await gateway.call('/v1/chat/completions', { model: MODEL, messages: QUESTION, stream: true });
  const text = await answer.text();
  expect([text.includes('upstream_truncated'), text.includes('[DONE]')]).toEqual([true, false]);
});

it('answers an error that came as the first line like any other', async () => {
  const { gateway } = await serving(lines('{"error":"the input length exceeds the context length"}\n'));
  const answer = await gateway.call('/v1/chat/completions', { model: MODEL, messages: QUESTION, stream: true });
  expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: 'context_length_exceeded' } }]);
});

it('says which parameters were lost', async () => {
  const { gateway } = await serving(reply().json({ model: 'qwen3:0.6b', message: { content: '391' }, ...END }));
  const body = { model: MODEL, messages: QUESTION, user: 'u', n: 1, keep_alive: '1h' };
  const answer = await gateway.call('/v1/chat/completions', body);
  expect(answer.headers.get('x-sluice-adjustments')).toBe('user=dropped');
});

it('refuses a picture that the server would have to fetch', async () => {
  const { gateway } = await serving(reply().json({}));
  const content = [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }];
  const answer = await gateway.call('/v1/chat/completions', { model: MODEL, messages: [{ role: 'user', content }] });
  expect([answer.status, await answer.json()]).toMatchObject([400, { error: { param: 'messages' } }]);
});
