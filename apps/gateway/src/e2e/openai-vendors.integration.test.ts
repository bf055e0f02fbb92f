import { fakeUpstream, reply } from '@sluice/testkit';
import type { Reply } from '@sluice/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';

type Json = Readonly<Record<string, unknown>>;

const QUESTION = [{ role: 'user' as const, content: 'What is 2 + 2?' }];
const USAGE = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 };
const LOOK = { type: 'function', function: { name: 'look', parameters: { type: 'object' } } } as const;

const answer = (message: Json, finish = 'stop'): Json => ({
  id: 'c-1',
  object: 'chat.completion',
  created: 1,
  model: 'm-1',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
  usage: USAGE,
});
const frame = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const chunk = (delta: Json, finish: string | null = null, more: Json = {}): string =>
  frame({
    id: 'c-1',
    object: 'chat.completion.chunk',
    model: 'm-1',
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...more,
  });
const DONE = 'data: [DONE]\n\n';

async function serving(settings: Json & { readonly kind: string }, said: Reply) {
  const upstream = await fakeUpstream(said);
  const up = { baseUrl: upstream.url, apiKey: { env: 'UPSTREAM_KEY' }, ...settings };
  const gateway = await startGateway({ providers: { up } });
  onTestFinished(async () => {
    await gateway.close();
    await upstream.close();
  });
  const chats = () => upstream.requests.filter(({ path }) => path.includes('/chat/completions'));
  const lastBody = () =>
    JSON.parse(chats().at(-1)?.body.toString() ?? 'null') as { readonly messages: readonly Json[] };
  return { gateway, chats, lastBody };
}

describe('Mistral', () => {
  const thinking = { type: 'thinking', thinking: [{ type: 'text', text: 'Twice two.' }], signature: 'sig-1' };
  const call = { id: 'D681PevKs', function: { name: 'look', arguments: '{}' } };
  const said = reply().json(answer({ content: [thinking], tool_calls: [call] }, 'tool_calls'));

  it('gets its signed thinking and its ids back from a client of OpenAI', async () => {
    const { gateway, lastBody } = await serving({ kind: 'mistral' }, said);
    const ask = { model: 'up/m-1', tools: [LOOK] };
    const first = await gateway.openai.chat.completions.create({ ...ask, messages: QUESTION });
    const message = first.choices[0]?.message;
    if (!message) throw new Error('There is no message.');
    const result = { role: 'tool' as const, tool_call_id: 'D681PevKs', content: '4' };
    await gateway.openai.chat.completions.create({ ...ask, messages: [...QUESTION, message, result] });
    expect(lastBody().messages.slice(1)).toMatchObject([
      { role: 'assistant', content: [thinking], tool_calls: [{ id: 'D681PevKs' }] },
      { role: 'tool', tool_call_id: 'D681PevKs' },
    ]);
  });

  it('gets ids of its own form for those of a client of Anthropic', async () => {
    const { gateway, lastBody } = await serving({ kind: 'mistral' }, said);
    await gateway.anthropic.messages.create({
      model: 'up/m-1',
      max_tokens: 9,
      messages: [
        ...QUESTION,
        { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_01A', name: 'look', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_01A', content: '4' }] },
      ],
      tools: [{ name: 'look', input_schema: { type: 'object' } }],
    });
    const [, assistant, tool] = lastBody().messages;
    const id = tool?.['tool_call_id'];
    expect(id).toMatch(/^[a-zA-Z0-9]{9}$/);
    expect(assistant).toMatchObject({ tool_calls: [{ id }] });
  });
});

describe('DeepSeek', () => {
  it('is waited for through empty lines and comments', async () => {
    const late = reply()
      .headers({ 'content-type': 'application/json' })
      .body(`\n\n\n${JSON.stringify(answer({ content: '4.' }))}`);
    const { gateway } = await serving({ kind: 'deepseek' }, late);
    const plain = await gateway.openai.chat.completions.create({ model: 'up/m-1', messages: QUESTION });
    expect(plain.choices[0]?.message.content).toBe('4.');
  });

  it('streams past its comments', async () => {
    const wait = ': keep-alive\n\n';
    const said = reply().sse([
      wait,
      wait,
      chunk({ role: 'assistant', content: '4.' }),
      wait,
      chunk({}, 'stop', { usage: USAGE }),
      DONE,
    ]);
    const { gateway } = await serving({ kind: 'deepseek' }, said);
    const stream = gateway.openai.chat.completions.stream({ model: 'up/m-1', messages: QUESTION });
    expect((await stream.finalChatCompletion()).choices[0]?.message.content).toBe('4.');
  });
});

it('counts the reasoning of xAI, which stands beside its output', async () => {
  const usage = { ...USAGE, total_tokens: 33, completion_tokens_details: { reasoning_tokens: 20 } };
  const { gateway } = await serving({ kind: 'xai' }, reply().json({ ...answer({ content: '4.' }), usage }));
  const { usage: counted } = await gateway.anthropic.messages.create({
    model: 'up/m-1',
    max_tokens: 9,
    messages: QUESTION,
  });
  expect(counted).toMatchObject({ input_tokens: 9, output_tokens: 24 });
  expect((await gateway.rows())[0]).toMatchObject({ outputTokens: 24 });
});

it('finds the usage of Groq where it puts it', async () => {
  const said = reply().sse([chunk({ content: '4.' }), chunk({}, 'stop', { x_groq: { id: 'r', usage: USAGE } }), DONE]);
  const { gateway } = await serving({ kind: 'groq' }, said);
  const stream = gateway.anthropic.messages.stream({ model: 'up/m-1', max_tokens: 9, messages: QUESTION });
  expect((await stream.finalMessage()).usage).toMatchObject({ output_tokens: 4 });
});

it('takes a failure that OpenRouter reports inside a 200 for what it is', async () => {
  const error = { code: 429, message: 'Provider returned error', metadata: { provider_name: 'X' } };
  const { gateway } = await serving({ kind: 'openrouter' }, reply().json({ error }));
  const { status } = await gateway.call('/v1/chat/completions', { model: 'up/m-1', messages: QUESTION });
  expect(status).toBe(429);
});

it('asks the deployment of Azure with its own key, and passes on what comes back', async () => {
  const verdicts = frame({ choices: [], id: '', model: '', object: '', created: 0, prompt_filter_results: [] });
  const said = reply().sse([verdicts, chunk({ content: '4.' }), chunk({}, 'stop'), DONE]);
  const settings = { kind: 'azure-openai', apiVersion: '2024-10-21', deployments: { 'gpt-4.1': 'team-a' } };
  const { gateway, chats } = await serving(settings, said);
  const answered = await gateway.call('/v1/chat/completions', {
    model: 'up/gpt-4.1',
    messages: QUESTION,
    stream: true,
  });
  expect(await answered.text()).toContain('prompt_filter_results');
  const [asked] = chats();
  expect([asked?.path, asked?.headers['api-key'], asked?.headers.authorization]).toEqual([
    '/openai/deployments/team-a/chat/completions?api-version=2024-10-21',
    'sk-upstream',
    undefined,
  ]);
});
