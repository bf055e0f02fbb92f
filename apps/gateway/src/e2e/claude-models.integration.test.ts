import { startSimulator } from '@sluice/simulator';
import type OpenAI from 'openai';
import { afterAll, describe, expect, it } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';

/* The stand-in refuses what each generation of the vendor's models refuses, so that a 200 is an answer to the point. */

const simulator = await startSimulator();
const gateway = await startGateway({
  providers: {
    claude: { kind: 'anthropic', baseUrl: simulator.url },
    latest: { kind: 'anthropic', baseUrl: simulator.url, version: '2026-10-21' },
  },
});
const { openai, anthropic } = gateway;
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

const MODELS = ['claude-haiku-4-5', 'claude-sonnet-4-6', 'claude-opus-4-7', 'claude-sonnet-5', 'claude-opus-5'];
const adjustmentsOf = ({ headers }: Response): readonly string[] =>
  (headers.get('x-sluice-adjustments') ?? '').split(', ').filter((told) => told !== '');

describe.each(['claude', 'latest'])('a client of OpenAI at every generation of Claude behind %s', (provider) => {
  const chat = (model: string, more: object = {}): OpenAI.ChatCompletionCreateParamsNonStreaming => ({
    model: `${provider}/${model}`,
    messages: [{ role: 'user', content: 'Hello there' }],
    ...more,
  });
  const tools: OpenAI.ChatCompletionTool[] = [
    { type: 'function', function: { name: 'get_weather', parameters: { type: 'object' } } },
  ];

  it.each(MODELS)('%s answers with sampling parameters', async (model) => {
    const answer = await openai.chat.completions.create(chat(model, { temperature: 0.3, top_p: 0.9, seed: 7 }));
    expect(answer.choices[0]?.message.content).toBeTruthy();
  });

  it.each(MODELS)('%s answers with every effort', async (model) => {
    for (const effort of ['none', 'minimal', 'low', 'medium', 'high', 'xhigh']) {
      const answer = await openai.chat.completions.create(chat(model, { reasoning_effort: effort }));
      expect([effort, answer.choices[0]?.finish_reason]).toEqual([effort, 'stop']);
    }
  });

  it.each(MODELS)('%s answers with tools that must be called, and with reasoning', async (model) => {
    const asked = { tools, tool_choice: 'required', parallel_tool_calls: false, reasoning_effort: 'low' };
    const answer = await openai.chat.completions.create(chat(model, asked));
    expect(answer.choices[0]?.finish_reason).toBe('tool_calls');
  });

  it.each(MODELS)('%s answers to instructions in the middle of a conversation', async (model) => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hello' },
      { role: 'developer', content: 'Be brief.' },
      { role: 'user', content: 'Bye' },
    ];
    const answer = await openai.chat.completions.create(chat(model, { messages }));
    expect(answer.choices[0]?.message.content).toBeTruthy();
  });

  it.each(MODELS)('%s reads a PDF and a picture', async (model) => {
    const content: OpenAI.ChatCompletionContentPart[] = [
      { type: 'text', text: 'Read' },
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
    ];
    const answer = await openai.chat.completions.create(chat(model, { messages: [{ role: 'user', content }] }));
    expect(answer.choices[0]?.finish_reason).toBe('stop');
  });
});

describe('an answer begun in advance', () => {
  const begun = (model: string): OpenAI.ChatCompletionCreateParamsNonStreaming => ({
    model: `claude/${model}`,
    messages: [
      { role: 'user', content: 'Count' },
      { role: 'assistant', content: 'One,' },
    ],
  });

  it('is gone on with by a model that takes it', async () => {
    expect((await openai.chat.completions.create(begun('claude-haiku-4-5'))).choices).toHaveLength(1);
  });

  it('is refused for a model that does not, before the provider is asked', async () => {
    const before = simulator.requests.length;
    await expect(openai.chat.completions.create(begun('claude-opus-5'))).rejects.toMatchObject({
      status: 400,
      code: 'invalid_value',
      param: 'messages.1',
    });
    expect(simulator.requests).toHaveLength(before);
  });
});

describe("Anthropic's own client, whose version is the latest", () => {
  it('is answered by a provider that is set to another', async () => {
    const message = await anthropic.messages.create({
      model: 'claude/claude-opus-5',
      max_tokens: 64,
      messages: [
        { role: 'user', content: 'Hello' },
        { role: 'system', content: 'Be brief.' },
      ],
    });
    expect(message.content).toHaveLength(1);
    expect(simulator.requests.at(-1)?.headers).toMatchObject({ 'anthropic-version': '2026-10-21' });
  });

  it.each([
    [{ temperature: 0.5 }, ['temperature=dropped']],
    [{ thinking: { type: 'enabled', budget_tokens: 2_000 } }, ['reasoning=changed']],
  ])('is told of what the model does not take: %j', async (fields, told) => {
    const { response } = await anthropic.messages
      .create({
        model: 'claude/claude-opus-5',
        max_tokens: 4_000,
        messages: [{ role: 'user', content: 'Hello' }],
        ...(fields as object),
      })
      .withResponse();
    expect(adjustmentsOf(response)).toEqual(told);
  });

  it('goes on at Claude with what another maker thought', async () => {
    const { data, response } = await anthropic.messages
      .create({
        model: 'claude/claude-opus-5',
        max_tokens: 64,
        messages: [
          { role: 'user', content: 'Hello' },
          { role: 'assistant', content: [{ type: 'thinking', thinking: 'Hm.', signature: '' }] },
          { role: 'user', content: 'And?' },
        ],
      })
      .withResponse();
    expect([data.content.length, adjustmentsOf(response)]).toEqual([1, ['reasoning_content=dropped']]);
  });

  it('keeps its own version where it is the older one, and a parameter that the other refuses', async () => {
    const { response } = await anthropic.messages
      .create(
        {
          model: 'latest/claude-haiku-4-5',
          max_tokens: 64,
          messages: [{ role: 'user', content: 'Hello' }],
          ...{ temperature: 0.5 },
        },
        { headers: { 'anthropic-version': '2023-06-01' } },
      )
      .withResponse();
    expect([adjustmentsOf(response), simulator.requests.at(-1)?.headers]).toMatchObject([
      [],
      { 'anthropic-version': '2023-06-01' },
    ]);
  });
});
