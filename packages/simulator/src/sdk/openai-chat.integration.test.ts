import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { PNG_BASE64, WEATHER_SCHEMA, collect } from '../testing/samples.js';
import { TEST_CREDENTIALS } from '../credentials.js';
import { simulateForFile } from '../testing/client.js';

const simulator = await simulateForFile({ checkKeys: true });
const client = new OpenAI({ ...TEST_CREDENTIALS.openai, baseURL: `${simulator.url}/v1`, maxRetries: 0 });

const tool = (name: string) => ({
  type: 'function' as const,
  function: { name, strict: true, parameters: WEATHER_SCHEMA },
});
const messages = [{ role: 'user' as const, content: 'Hello there' }];
const WEATHER = { city: expect.stringMatching(/^(Paris|Oslo)$/) as string, days: expect.any(Number) as number };

describe("OpenAI's SDK, chat completions", () => {
  it('reads a plain answer', async () => {
    const { choices, usage } = await client.chat.completions.create({ model: 'gpt-4.1', messages, temperature: 0 });
    expect([choices[0]?.message.content, choices[0]?.finish_reason, usage?.total_tokens]).toEqual([
      'Hello there',
      'stop',
      6,
    ]);
  });

  it('puts a stream together', async () => {
    const stream = client.chat.completions.stream({
      model: 'gpt-5-mini',
      messages,
      stream_options: { include_usage: true },
    });
    const { choices, usage } = await stream.finalChatCompletion();
    expect([choices[0]?.message.content, usage?.completion_tokens]).toEqual(['Hello there', 3]);
  });

  it('calls tools at once and answers after their results', async () => {
    const asked = { model: 'tools-parallel', tools: [tool('a'), tool('b')] };
    const first = await client.chat.completions.create({ ...asked, messages });
    const said = first.choices[0]?.message;
    const calls = said?.tool_calls?.filter((call) => call.type === 'function') ?? [];
    expect(calls.map((call) => JSON.parse(call.function.arguments) as unknown)).toEqual([WEATHER, WEATHER]);
    const results = calls.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: 'sunny' }));
    const second = await client.chat.completions.create({
      ...asked,
      messages: [...messages, ...(said ? [said] : []), ...results],
    });
    expect(second.choices[0]?.message.content).toBe('The tool answered: sunny');
  });

  it('puts streamed calls together', async () => {
    const stream = client.chat.completions.stream({
      model: 'gpt-4.1+tools-parallel',
      messages,
      tools: [tool('a'), tool('b')],
    });
    const { choices } = await stream.finalChatCompletion();
    const calls = choices[0]?.message.tool_calls?.map((call) => call.type === 'function' && call.function.name);
    expect([calls, choices[0]?.finish_reason]).toEqual([['a', 'b'], 'tool_calls']);
  });

  it('takes back what the SDK put together, with all that the SDK added', async () => {
    const asked = { model: 'gpt-4.1+tools', tools: [tool('a')] };
    const { choices } = await client.chat.completions.stream({ ...asked, messages }).finalChatCompletion();
    const said = choices[0]?.message;
    expect(said?.tool_calls?.[0]).toMatchObject({ function: { parsed_arguments: WEATHER } });
    const result = { role: 'tool' as const, tool_call_id: said?.tool_calls?.[0]?.id ?? '', content: 'sunny' };
    const told = await client.chat.completions.create({
      ...asked,
      messages: [...messages, ...(said ? [said] : []), result],
    });
    expect(told.choices[0]?.message.content).toBe('The tool answered: sunny');
  });

  it('calls a tool of free text', async () => {
    const { choices } = await client.chat.completions.create({
      model: 'gpt-5-mini',
      messages,
      tools: [{ type: 'custom', custom: { name: 'patch' } }],
      tool_choice: 'required',
    });
    expect(choices[0]?.message.tool_calls?.[0]).toMatchObject({ type: 'custom', custom: { name: 'patch' } });
  });

  it('counts reasoning that it does not show', async () => {
    const { choices, usage } = await client.chat.completions.create({
      model: 'gpt-5-mini',
      messages,
      reasoning_effort: 'high',
    });
    expect(choices[0]?.message).not.toHaveProperty('reasoning_content');
    expect(usage?.completion_tokens_details?.reasoning_tokens).toBeGreaterThan(0);
  });

  it('parses structured output', async () => {
    const { choices } = await client.chat.completions.parse({
      model: 'gpt-5-mini',
      messages,
      response_format: { type: 'json_schema', json_schema: { name: 'weather', strict: true, schema: WEATHER_SCHEMA } },
    });
    expect(JSON.parse(choices[0]?.message.content ?? '')).toEqual(WEATHER);
  });

  it('sends images and files', async () => {
    const { choices } = await client.chat.completions.create({
      model: 'describe',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG_BASE64}` } },
            { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
          ],
        },
      ],
    });
    expect(choices[0]?.message.content).toBe('image: image/png, 70 bytes\nfile: application/pdf, 5 bytes');
  });

  it('is told what the cache gave', async () => {
    const long = [{ role: 'user' as const, content: 'word '.repeat(1_200) }];
    const ask = () => client.chat.completions.create({ model: 'gpt-6', messages: long });
    const [first, second] = [await ask(), await ask()];
    expect([first, second].map(({ usage }) => usage?.prompt_tokens_details)).toMatchObject([
      { cached_tokens: 0, cache_write_tokens: 1408 },
      { cached_tokens: 1408, cache_write_tokens: 0 },
    ]);
  });

  it.for([
    [{ model: 'gpt-none' }, OpenAI.NotFoundError, 'model_not_found'],
    [{ model: 'gpt-5-mini', temperature: 0 }, OpenAI.BadRequestError, 'unsupported_value'],
    [{ model: 'retry-after-ms-1' }, OpenAI.RateLimitError, 'rate_limit_exceeded'],
    [{ model: 'quota' }, OpenAI.RateLimitError, 'insufficient_quota'],
    [{ model: 'error-500' }, OpenAI.InternalServerError, null],
  ] as const)('throws for %j', async ([body, kind, code]) => {
    const failure: unknown = await client.chat.completions
      .create({ ...body, messages })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(kind);
    expect(failure).toMatchObject({ code });
  });

  it('throws for a wrong key', async () => {
    const other = new OpenAI({ apiKey: 'sk-wrong', baseURL: `${simulator.url}/v1` });
    await expect(other.models.list()).rejects.toThrow(OpenAI.AuthenticationError);
  });

  it('throws for an error inside a stream', async () => {
    const stream = await client.chat.completions.create({ model: 'error-in-stream', messages, stream: true });
    await expect(collect(stream)).rejects.toThrow('Overloaded.');
  });

  it('lists models and embeds', async () => {
    const ids = (await collect(client.models.list())).map(({ id }) => id);
    const { data } = await client.embeddings.create({ model: 'text-embedding-3-small', input: ['a', 'b'] });
    expect([ids.includes('echo'), ids.includes('gpt-4.1'), data.map(({ embedding }) => embedding.length)]).toEqual([
      true,
      true,
      [1_536, 1_536],
    ]);
    expect((await client.models.retrieve('gpt-4.1')).id).toBe('gpt-4.1');
  });
});
