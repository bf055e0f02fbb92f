import { CohereClientV2, CohereError } from 'cohere-ai';
import { describe, expect, it } from 'vitest';
import { PNG_BASE64, WEATHER_SCHEMA, collect } from '../testing/samples.js';
import { TEST_CREDENTIALS } from '../credentials.js';
import { simulateForFile } from '../testing/client.js';

const simulator = await simulateForFile({ checkKeys: true });
const connect = (token: string) => new CohereClientV2({ token, environment: simulator.url });
const client = connect(TEST_CREDENTIALS.cohere.apiKey);

const messages = [{ role: 'user' as const, content: 'Hello there' }];
const tool = (name: string) => ({ type: 'function' as const, function: { name, parameters: WEATHER_SCHEMA } });
const WEATHER = { city: expect.stringMatching(/^(Paris|Oslo)$/) as string, days: expect.any(Number) as number };

describe("Cohere's SDK", () => {
  it('reads a plain answer', async () => {
    const { message, finishReason, usage } = await client.chat({ model: 'command-a-03-2025', messages });
    expect([message.content, finishReason, usage?.tokens]).toMatchObject([
      [{ text: 'Hello there' }],
      'COMPLETE',
      { inputTokens: 3, outputTokens: 3 },
    ]);
  });

  it('puts a stream together', async () => {
    const events = await collect(await client.chatStream({ model: 'command-a-03-2025', messages }));
    const text = events
      .map((event) => (event.type === 'content-delta' ? event.delta?.message?.content?.text : ''))
      .join('');
    expect([text, events[0]?.type, events.at(-1)]).toMatchObject([
      'Hello there',
      'message-start',
      { type: 'message-end', delta: { finishReason: 'COMPLETE' } },
    ]);
  });

  it('calls tools at once and answers after their results', async () => {
    const asked = { model: 'tools-parallel', tools: [tool('a'), tool('b')] };
    const { message } = await client.chat({ ...asked, messages });
    const calls = message.toolCalls ?? [];
    expect(calls.map((call) => JSON.parse(call.function?.arguments ?? '') as unknown)).toEqual([WEATHER, WEATHER]);
    const results = calls.map(({ id }) => ({ role: 'tool' as const, toolCallId: id, content: 'sunny' }));
    const second = await client.chat({
      ...asked,
      messages: [...messages, { role: 'assistant', toolCalls: calls }, ...results],
    });
    expect(second.message.content).toMatchObject([{ text: 'The tool answered: sunny' }]);
  });

  it('puts streamed calls together, after its thinking', async () => {
    const asked = {
      model: 'tools-parallel',
      messages,
      tools: [tool('a'), tool('b')],
      thinking: { type: 'enabled' as const },
    };
    const events = await collect(await client.chatStream(asked));
    const args = [0, 1].map((index) =>
      events
        .map((event) =>
          event.type === 'tool-call-delta' && event.index === index
            ? event.delta?.message?.toolCalls?.function?.arguments
            : '',
        )
        .join(''),
    );
    expect(args.map((json) => JSON.parse(json) as unknown)).toEqual([WEATHER, WEATHER]);
    expect(events[1]).toMatchObject({ type: 'content-start', delta: { message: { content: { type: 'thinking' } } } });
  });

  it('keeps to a schema and takes images', async () => {
    const answer = await client.chat({
      model: 'json',
      messages,
      responseFormat: { type: 'json_object', jsonSchema: WEATHER_SCHEMA },
    });
    const [block] = answer.message.content ?? [];
    expect(block?.type === 'text' && (JSON.parse(block.text) as unknown)).toEqual(WEATHER);
    const image = { type: 'image_url' as const, imageUrl: { url: `data:image/png;base64,${PNG_BASE64}` } };
    const seen = await client.chat({ model: 'describe', messages: [{ role: 'user', content: [image] }] });
    expect(seen.message.content).toMatchObject([{ text: 'image: image/png, 70 bytes' }]);
  });

  it('embeds images, alone or among texts', async () => {
    const image = 'data:image/png;base64,aGk=';
    const asked = { model: 'embed-v4.0', embeddingTypes: ['float' as const] };
    const alone = await client.embed({ ...asked, inputType: 'image', images: [image] });
    const mixed = await client.embed({
      ...asked,
      inputType: 'search_document',
      inputs: [
        { content: [{ type: 'text', text: 'Hello' }] },
        { content: [{ type: 'image_url', imageUrl: { url: image } }] },
      ],
    });
    expect([alone.embeddings.float?.length, mixed.embeddings.float?.length]).toEqual([1, 2]);
    await expect(client.embed({ ...asked, inputType: 'search_document', images: [image] })).rejects.toThrow(
      'input_type',
    );
  });

  it('ranks and embeds', async () => {
    const documents = ['ships sail home', 'a red fox', 'a red dog'];
    const { results } = await client.rerank({ model: 'rerank-v4.0-pro', query: 'red fox', documents, topN: 2 });
    const { embeddings } = await client.embed({
      model: 'embed-v4.0',
      texts: ['a', 'b'],
      inputType: 'search_query',
      embeddingTypes: ['float'],
      outputDimension: 256,
    });
    expect([results.map(({ index }) => index), embeddings.float?.map(({ length }) => length)]).toEqual([
      [1, 2],
      [256, 256],
    ]);
  });

  it.for([
    ['none', {}, 404, "model 'none' not found"],
    ['error-429', {}, 429, 'The simulator fails'],
    ['echo', { p: 1 }, 400, "'p' must be between"],
    ['echo', { toolChoice: 'REQUIRED' as const }, 400, "'tool_choice' can only be used"],
  ] as const)('throws for %s %j', async ([model, extra, status, words]) => {
    const failure: unknown = await client
      .chat({ model, messages, ...extra }, { maxRetries: 0 })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CohereError);
    expect(failure).toMatchObject({ statusCode: status, body: { message: expect.stringContaining(words) as string } });
  });

  it('throws for a wrong key', async () => {
    await expect(connect('wrong').chat({ model: 'echo', messages })).rejects.toMatchObject({ statusCode: 401 });
  });
});
