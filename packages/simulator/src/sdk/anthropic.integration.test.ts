import Anthropic from '@anthropic-ai/sdk';
import { describe, expect, it } from 'vitest';
import { PNG_BASE64, WEATHER_SCHEMA, collect } from '../testing/samples.js';
import { TEST_CREDENTIALS } from '../credentials.js';
import { simulateForFile } from '../testing/client.js';

const simulator = await simulateForFile({ checkKeys: true });
const connect = (version?: string) =>
  new Anthropic({
    ...TEST_CREDENTIALS.anthropic,
    baseURL: simulator.url,
    maxRetries: 0,
    ...(version && { defaultHeaders: { 'anthropic-version': version } }),
  });
const client = connect();

const tool = (name: string) => ({ name, input_schema: WEATHER_SCHEMA });
const messages = [{ role: 'user' as const, content: 'Hello there' }];
const base = { max_tokens: 4_000, messages };
const WEATHER = { city: expect.stringMatching(/^(Paris|Oslo)$/) as string, days: expect.any(Number) as number };

describe.for([undefined, '2023-06-01'])("Anthropic's SDK, version %s", (version) => {
  const speaker = connect(version);

  it('reads a plain answer', async () => {
    const answer = await speaker.messages.create({ model: 'claude-opus-5', ...base });
    expect(answer).toMatchObject({
      content: [{ type: 'text', text: 'Hello there' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 3, output_tokens: 3 },
    });
  });

  it('puts a stream together', async () => {
    const answer = await speaker.messages.stream({ model: 'claude-opus-5', ...base }).finalMessage();
    expect(answer).toMatchObject({ content: [{ text: 'Hello there' }], usage: { output_tokens: 3 } });
  });
});

describe("Anthropic's SDK", () => {
  it('calls tools at once and answers after their results', async () => {
    const asked = { model: 'tools-parallel', max_tokens: 1_000, tools: [tool('a'), tool('b')] };
    const { content } = await client.messages.create({ ...asked, messages });
    const calls = content.filter((block) => block.type === 'tool_use');
    expect(calls.map(({ input }) => input)).toEqual([WEATHER, WEATHER]);
    const results = calls.map(({ id }) => ({ type: 'tool_result' as const, tool_use_id: id, content: 'sunny' }));
    const second = await client.messages.create({
      ...asked,
      messages: [...messages, { role: 'assistant', content }, { role: 'user', content: results }],
    });
    expect(second.content).toMatchObject([{ text: 'The tool answered: sunny' }]);
  });

  it('puts streamed calls together', async () => {
    const asked = { model: 'tools-parallel', tools: [tool('a'), tool('b')], ...base };
    const { content, stop_reason: reason } = await client.messages.stream(asked).finalMessage();
    expect([content.map((block) => block.type === 'tool_use' && block.input), reason]).toEqual([
      [WEATHER, WEATHER],
      'tool_use',
    ]);
  });

  it.for([false, true])('takes its thinking back, signed as it was (stream: %s)', async (stream) => {
    const asked = {
      model: 'claude-sonnet-4-5',
      max_tokens: 4_000,
      thinking: { type: 'enabled' as const, budget_tokens: 2_000 },
      tools: [tool('a')],
    };
    const ask = (history: Anthropic.MessageParam[]) =>
      stream
        ? client.messages.stream({ ...asked, model: 'tools', messages: history }).finalMessage()
        : client.messages.create({ ...asked, model: 'tools', messages: history });
    const { content, usage } = await ask(messages);
    expect([content.map(({ type }) => type), Number(usage.output_tokens_details?.thinking_tokens) > 0]).toEqual([
      ['thinking', 'tool_use'],
      true,
    ]);
    const [, call] = content;
    const result = {
      type: 'tool_result' as const,
      tool_use_id: call?.type === 'tool_use' ? call.id : '',
      content: 'ok',
    };
    const turns = (said: Anthropic.ContentBlockParam[]): Anthropic.MessageParam[] => [
      ...messages,
      { role: 'assistant', content: said },
      { role: 'user', content: [result] },
    ];
    expect((await ask(turns(content as Anthropic.ContentBlockParam[]))).stop_reason).toBe('end_turn');
    const changed = content.map((block) =>
      block.type === 'thinking' ? { ...block, thinking: 'Something else.' } : block,
    );
    await expect(ask(turns(changed as Anthropic.ContentBlockParam[]))).rejects.toThrow(
      'Invalid `signature` in `thinking` block',
    );
  });

  it('signs thinking that it does not show', async () => {
    const asked = {
      model: 'claude-opus-5',
      ...base,
      thinking: { type: 'adaptive' as const, display: 'omitted' as const },
    };
    const { content } = await client.messages.create(asked);
    expect(content[0]).toMatchObject({
      type: 'thinking',
      thinking: '',
      signature: expect.stringMatching(/^Ei/) as string,
    });
  });

  it('sends images and documents', async () => {
    const { content } = await client.messages.create({
      model: 'describe',
      max_tokens: 100,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG_BASE64 } },
            { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } },
          ],
        },
      ],
    });
    expect(content).toMatchObject([{ text: 'image: image/png, 70 bytes\nfile: application/pdf, 5 bytes' }]);
  });

  it('parses structured output', async () => {
    const format = { type: 'json_schema' as const, schema: WEATHER_SCHEMA };
    const { content } = await client.messages.create({ model: 'claude-opus-5', ...base, output_config: { format } });
    expect(content[0]?.type === 'text' && (JSON.parse(content[0].text) as unknown)).toEqual(WEATHER);
  });

  it('is told what the cache took and gave', async () => {
    const system = [
      {
        type: 'text' as const,
        text: 'word '.repeat(1_200),
        cache_control: { type: 'ephemeral' as const, ttl: '1h' as const },
      },
    ];
    const ask = () => client.messages.create({ model: 'echo', ...base, system });
    const [first, second] = [await ask(), await ask()];
    expect([first.usage, second.usage]).toMatchObject([
      {
        input_tokens: 3,
        cache_creation_input_tokens: 1_500,
        cache_creation: { ephemeral_1h_input_tokens: 1_500 },
        cache_read_input_tokens: 0,
      },
      { input_tokens: 3, cache_creation_input_tokens: 0, cache_read_input_tokens: 1_500 },
    ]);
  });

  it('continues what the caller began, up to a stop sequence', async () => {
    const answer = await client.messages.create({
      model: 'claude-sonnet-4-5',
      max_tokens: 100,
      messages: [...messages, { role: 'assistant', content: 'Hello' }],
      stop_sequences: ['ere'],
    });
    expect(answer).toMatchObject({ content: [{ text: ' th' }], stop_reason: 'stop_sequence', stop_sequence: 'ere' });
  });

  it('counts tokens and lists models', async () => {
    const { input_tokens: tokens } = await client.messages.countTokens({ model: 'claude-opus-5', messages });
    const pages = (await collect(client.models.list({ limit: 5 }))).map(({ id }) => id);
    expect([tokens, pages.includes('echo'), pages.includes('claude-opus-5'), new Set(pages).size]).toEqual([
      3,
      true,
      true,
      pages.length,
    ]);
    expect((await client.models.retrieve('claude-opus-5')).type).toBe('model');
  });

  it.for([
    [{ model: 'claude-none' }, Anthropic.NotFoundError, 'model: claude-none'],
    [
      { model: 'claude-opus-5', temperature: 1 },
      Anthropic.BadRequestError,
      'temperature: Extra inputs are not permitted',
    ],
    [{ model: 'error-429' }, Anthropic.RateLimitError, 'The simulator fails'],
    [{ model: 'error-529' }, Anthropic.InternalServerError, 'The simulator fails'],
  ] as const)('throws for %j', async ([body, kind, words]) => {
    const failure: unknown = await client.messages.create({ ...base, ...body }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(kind);
    expect(failure).toMatchObject({ message: expect.stringContaining(words) as string });
  });

  it('throws for an error inside a stream', async () => {
    const stream = client.messages.stream({ model: 'error-in-stream', ...base });
    await expect(stream.finalMessage()).rejects.toThrow('Overloaded.');
  });
});
