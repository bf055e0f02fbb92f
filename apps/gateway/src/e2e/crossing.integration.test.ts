import type Anthropic from '@anthropic-ai/sdk';
import { startSimulator } from '@sluice/simulator';
import type OpenAI from 'openai';
import { afterAll, describe, expect, it } from 'vitest';
import { collect } from './__fixtures__/collect.js';
import { startGateway } from './__fixtures__/gateway.js';

const simulator = await startSimulator();
const gateway = await startGateway({
  providers: {
    claude: { kind: 'anthropic', baseUrl: simulator.url },
    openai: { kind: 'openai', baseUrl: `${simulator.url}/v1` },
    compatible: { kind: 'openai-compatible', baseUrl: `${simulator.url}/v1`, allowPrivateNetwork: true },
  },
});
const { openai, anthropic } = gateway;
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

const FINISHES = [
  ['echo', 'stop', 'end_turn'],
  ['length-4', 'length', 'max_tokens'],
  ['refuse', 'content_filter', 'refusal'],
] as const;
const PARAMETERS = { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] };
const adjustmentsOf = (response: Response): readonly string[] =>
  (response.headers.get('x-sluice-adjustments') ?? '').split(', ');

describe('a client of OpenAI at a provider of the Anthropic dialect', () => {
  const chat = (model: string): { model: string; messages: OpenAI.ChatCompletionMessageParam[] } => ({
    model: `claude/${model}`,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello there' },
    ],
  });
  const tools: OpenAI.ChatCompletionTool[] = [
    { type: 'function', function: { name: 'get_weather', parameters: PARAMETERS } },
  ];

  it('is served by that endpoint of the provider', async () => {
    await openai.chat.completions.create(chat('echo'));
    expect(simulator.requests.at(-1)?.path).toBe('/v1/messages');
  });

  it.each(FINISHES)('sees %s end with %s, plain and streaming', async (model, finish) => {
    const plain = await openai.chat.completions.create(chat(model));
    const streamed = await openai.chat.completions.stream(chat(model)).finalChatCompletion();
    expect(plain.choices[0]?.finish_reason).toBe(finish);
    expect(streamed.choices[0]?.finish_reason).toBe(finish);
    expect(streamed.choices[0]?.message.content).toBe(plain.choices[0]?.message.content ?? '');
  });

  it('sees the usage that the provider counted, plain and streaming', async () => {
    const { usage } = await openai.chat.completions.create(chat('echo'));
    const streamed = await openai.chat.completions
      .stream({ ...chat('echo'), stream_options: { include_usage: true } })
      .totalUsage();
    const [inStream, inPlain] = await gateway.rows();
    const counted = {
      inputTokens: usage?.prompt_tokens,
      outputTokens: usage?.completion_tokens,
      usageSource: 'provider',
    };
    expect(streamed).toMatchObject({ prompt_tokens: usage?.prompt_tokens, completion_tokens: 3 });
    expect([inStream, inPlain]).toMatchObject([counted, counted]);
  });

  it('calls tools and tells their results', async () => {
    const asked = await openai.chat.completions.stream({ ...chat('tools'), tools }).finalChatCompletion();
    expect(asked).toMatchObject({
      choices: [{ finish_reason: 'tool_calls', message: { tool_calls: [{ function: { name: 'get_weather' } }] } }],
    });
    const [{ message }] = asked.choices as [(typeof asked.choices)[number]];
    const call = message.tool_calls?.[0];
    const told = await openai.chat.completions.create({
      ...chat('tools'),
      tools,
      messages: [...chat('tools').messages, message, { role: 'tool', tool_call_id: call?.id ?? '', content: 'sunny' }],
    });
    expect(told.choices[0]?.message.content).toBe('The tool answered: sunny');
  });

  it('sees the reasoning, plain and streaming', async () => {
    const thought = 'The user said "Hello there". Repeating it is enough.';
    const plain = await openai.chat.completions.create(chat('reasoning'));
    const chunks = await collect(await openai.chat.completions.create({ ...chat('reasoning'), stream: true }));
    const pieces = chunks.map(({ choices }) => (choices[0]?.delta as { reasoning_content?: string }).reasoning_content);
    expect(plain.choices[0]?.message).toMatchObject({ reasoning_content: thought, content: 'Hello there' });
    expect(pieces.join('')).toBe(thought);
  });

  it('gets structured output', async () => {
    const schema = { ...PARAMETERS, additionalProperties: false };
    const answer = await openai.chat.completions.create({
      ...chat('json'),
      response_format: { type: 'json_schema', json_schema: { name: 'place', schema, strict: true } },
    });
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({ city: expect.any(String) });
  });

  it('gets structured output also by a schema that the provider refuses, and is told of the change', async () => {
    const { data, response } = await openai.chat.completions
      .create({
        ...chat('json'),
        response_format: { type: 'json_schema', json_schema: { name: 'place', schema: PARAMETERS } },
      })
      .withResponse();
    expect(JSON.parse(data.choices[0]?.message.content ?? '')).toEqual({ city: expect.any(String) });
    expect(adjustmentsOf(response)).toEqual(['response_format.schema=changed']);
  });

  it('is told which parameters the provider does not take', async () => {
    const request = { ...chat('echo'), seed: 7, frequency_penalty: 0.5, logit_bias: { '1': 1 } };
    const { response } = await openai.chat.completions.create(request).withResponse();
    expect(adjustmentsOf(response)).toEqual(
      expect.arrayContaining(['seed=dropped', 'frequency_penalty=dropped', 'logit_bias=dropped']),
    );
  });

  it('has an unknown field dropped, and is told of it', async () => {
    const request = { ...chat('echo'), field_of_tomorrow: true };
    const { response } = await openai.chat.completions.create(request).withResponse();
    expect(adjustmentsOf(response)).toContain('field_of_tomorrow=dropped');
  });
});

describe.each(['openai', 'compatible'])('a client of Anthropic at the OpenAI dialect of %s', (provider) => {
  const ask = (model: string): Anthropic.MessageCreateParamsNonStreaming => ({
    model: `${provider}/${model}`,
    max_tokens: 1_000,
    system: 'Be brief.',
    messages: [{ role: 'user', content: 'Hello there' }],
  });
  const tools: Anthropic.Tool[] = [{ name: 'get_weather', input_schema: PARAMETERS }];

  it('is served by that endpoint of the provider', async () => {
    await anthropic.messages.create(ask('echo'));
    expect(simulator.requests.at(-1)?.path).toBe('/v1/chat/completions');
  });

  it.each(FINISHES)('sees %s, which ends with %s, end with %s, plain and streaming', async (model, _finish, stop) => {
    const plain = await anthropic.messages.create(ask(model));
    const streamed = await anthropic.messages.stream(ask(model)).finalMessage();
    expect(plain.stop_reason).toBe(stop);
    expect(streamed.stop_reason).toBe(stop);
    expect(streamed.content).toEqual(plain.content);
  });

  it('sees the usage that the provider counted, plain and streaming', async () => {
    const { usage } = await anthropic.messages.create(ask('echo'));
    const streamed = await anthropic.messages.stream(ask('echo')).finalMessage();
    const [inStream, inPlain] = await gateway.rows();
    const counted = { inputTokens: usage.input_tokens, outputTokens: usage.output_tokens, usageSource: 'provider' };
    expect(streamed.usage).toMatchObject({ input_tokens: usage.input_tokens, output_tokens: 3 });
    expect([inStream, inPlain]).toMatchObject([counted, counted]);
  });

  it('calls tools and tells their results', async () => {
    const request = { ...ask('tools-parallel'), tools };
    const { content, stop_reason } = await anthropic.messages.stream(request).finalMessage();
    expect(stop_reason).toBe('tool_use');
    const call = content.find((block) => block.type === 'tool_use');
    const result = { type: 'tool_result', tool_use_id: call?.id ?? '', content: 'sunny' } as const;
    const told = await anthropic.messages.create({
      ...request,
      messages: [...request.messages, { role: 'assistant', content }, { role: 'user', content: [result] }],
    });
    expect(told.content).toMatchObject([{ type: 'text', text: 'The tool answered: sunny' }]);
  });

  it('sees the reasoning as a block of thinking, plain and streaming', async () => {
    const thinking = 'The user said "Hello there". Repeating it is enough.';
    const expected = [
      { type: 'thinking', thinking },
      { type: 'text', text: 'Hello there' },
    ];
    expect((await anthropic.messages.create(ask('reasoning'))).content).toMatchObject(expected);
    expect((await anthropic.messages.stream(ask('reasoning')).finalMessage()).content).toMatchObject(expected);
  });

  it('is told which parameters the provider does not take', async () => {
    const request = { ...ask('echo'), top_k: 5, thinking: { type: 'enabled', budget_tokens: 1_024 } } as const;
    const { response } = await anthropic.messages.create({ ...request, max_tokens: 2_000 }).withResponse();
    expect(adjustmentsOf(response)).toEqual(
      expect.arrayContaining(['top_k=dropped', 'reasoning.budget_tokens=emulated']),
    );
  });
});

describe('the signature of reasoning', () => {
  it('reaches a client of the dialect that has it, and goes back with the next turn', async () => {
    const request: Anthropic.MessageCreateParamsNonStreaming = {
      model: 'claude/reasoning',
      max_tokens: 1_000,
      messages: [{ role: 'user', content: 'Hello there' }],
    };
    const { content } = await anthropic.messages.stream(request).finalMessage();
    expect(content[0]).toMatchObject({ type: 'thinking', signature: expect.stringMatching(/./) });
    const next = await anthropic.messages.create({
      ...request,
      messages: [...request.messages, { role: 'assistant', content }, { role: 'user', content: 'More' }],
    });
    expect(next.content.at(-1)).toMatchObject({ type: 'text', text: 'More' });
  });
});
