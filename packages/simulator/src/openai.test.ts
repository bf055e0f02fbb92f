import { describe, expect, it } from 'vitest';
import { chat, post, readEvents, simulate } from './testing/client.js';

const TOOL = (name: string) => ({
  type: 'function',
  function: { name, parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
});

interface Chunk {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly choices: readonly { readonly delta: Record<string, unknown>; readonly finish_reason: string | null }[];
  readonly usage?: unknown;
}
async function stream(body: object): Promise<readonly Chunk[]> {
  const response = await post(await simulate(), { ...body, stream: true });
  return readEvents(await response.text()).map(({ data }) => data as Chunk);
}
const joined = (chunks: readonly Chunk[], field: string): string =>
  chunks.map(({ choices }) => (choices?.[0]?.delta[field] as string | null | undefined) ?? '').join('');

async function answer(body: object, path?: string): Promise<unknown> {
  const response = await post(await simulate(), body, path === undefined ? {} : { path });
  return response.json();
}

describe('the OpenAI wire', () => {
  it('answers a plain chat with message, finish and usage', async () => {
    expect(await answer(chat('echo'))).toMatchObject({
      object: 'chat.completion',
      model: 'echo',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hello there' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 3, total_tokens: 6 },
    });
  });

  it('streams role, tokens, finish and the end mark', async () => {
    const chunks = await stream(chat('echo'));
    const [first, ...rest] = chunks;
    expect([first?.choices[0]?.delta['role'], joined(chunks, 'content')]).toEqual(['assistant', 'Hello there']);
    expect([rest.at(-2)?.choices[0]?.finish_reason, rest.at(-1)]).toEqual(['stop', '[DONE]']);
  });

  it('keeps id, created and model through one stream', async () => {
    const chunks = (await stream(chat('echo'))).slice(0, -1);
    expect(new Set(chunks.map(({ id, created, model }) => `${id} ${created} ${model}`)).size).toBe(1);
  });

  it('adds a usage chunk where it was asked for, and null before it', async () => {
    const chunks = (await stream(chat('echo', { stream_options: { include_usage: true } }))).slice(0, -1);
    const last = chunks.at(-1);
    expect([last?.choices, last?.usage]).toEqual([[], expect.objectContaining({ completion_tokens: 3 })]);
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
  });

  it('says nothing of usage where it was not asked for', async () => {
    const chunks = (await stream(chat('echo'))).slice(0, -1);
    expect(chunks.filter((chunk) => 'usage' in chunk)).toEqual([]);
  });

  it('keeps usage to itself as no-usage, even where asked', async () => {
    const chunks = (await stream(chat('no-usage', { stream_options: { include_usage: true } }))).slice(0, -1);
    expect(chunks.filter(({ choices }) => choices.length === 0)).toEqual([]);
  });

  it('counts the images that it was given', async () => {
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } };
    const content = [{ type: 'text', text: 'Look' }, image, image];
    expect(await answer({ model: 'echo', messages: [{ role: 'user', content }] })).toMatchObject({
      choices: [{ message: { content: 'Look (with 2 images)' } }],
      usage: { prompt_tokens: 171 },
    });
  });

  it.for([
    ['auto', undefined, ['a']],
    ['none', 'none', []],
    ['the second', { type: 'function', function: { name: 'b' } }, ['b']],
  ] as const)('calls a tool as a choice of %s says', async ([, choice, names]) => {
    const body = chat('tools', { tools: [TOOL('a'), TOOL('b')], ...(choice && { tool_choice: choice }) });
    const { choices } = (await answer(body)) as {
      choices: [{ message: { tool_calls?: { function: { name: string } }[] } }];
    };
    expect((choices[0].message.tool_calls ?? []).map((call) => call.function.name)).toEqual(names);
  });

  it('streams a tool call with its name once and its arguments in pieces', async () => {
    const chunks = (await stream(chat('tools', { tools: [TOOL('a')] }))).slice(0, -1);
    const calls = chunks.flatMap(({ choices }) => (choices[0]?.delta['tool_calls'] as [Call] | undefined) ?? []);
    expect(calls.map(({ function: { name } }) => name).filter((name) => name !== undefined)).toEqual(['a']);
    expect(JSON.parse(calls.map((call) => call.function.arguments).join(''))).toEqual({
      city: expect.any(String) as string,
    });
  });

  it.for([
    [undefined, 2],
    [false, 1],
  ] as const)('calls two tools unless parallel_tool_calls is false (%s)', async ([parallel, count]) => {
    const body = chat('tools-parallel', { tools: [TOOL('a'), TOOL('b')], parallel_tool_calls: parallel });
    expect(await answer(body)).toMatchObject({
      choices: [{ finish_reason: 'tool_calls', message: { content: null, tool_calls: { length: count } } }],
    });
  });

  it('answers in text after the result of a tool', async () => {
    const messages = [
      { role: 'user', content: 'Weather?' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'x', type: 'function', function: { name: 'a', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'x', content: 'sunny' },
    ];
    expect(await answer({ model: 'tools', messages, tools: [TOOL('a')] })).toMatchObject({
      choices: [{ message: { content: 'The tool answered: sunny' }, finish_reason: 'stop' }],
    });
  });

  it('answers with JSON that fits the schema', async () => {
    const schema = { type: 'object', properties: { done: { const: true } }, required: ['done'] };
    const body = chat('json', { response_format: { type: 'json_schema', json_schema: { name: 'x', schema } } });
    expect(await answer(body)).toMatchObject({ choices: [{ message: { content: '{"done":true}' } }] });
  });

  it('thinks before it answers', async () => {
    const chunks = (await stream(chat('reasoning'))).slice(0, -1);
    expect([joined(chunks, 'reasoning_content'), joined(chunks, 'content')]).toEqual([
      expect.stringContaining('Hello there'),
      'Hello there',
    ]);
  });

  it.for([
    ['length-2', 'length'],
    ['refuse', 'content_filter'],
  ] as const)('finishes as %s with %s', async ([model, finish]) => {
    expect(await answer(chat(model))).toMatchObject({ choices: [{ finish_reason: finish }] });
  });

  it('stops where max_completion_tokens ends', async () => {
    expect(await answer(chat('tokens-50', { max_completion_tokens: 5 }))).toMatchObject({
      choices: [{ finish_reason: 'length' }],
      usage: { completion_tokens: 5 },
    });
  });

  it.for([
    ['error-401', 401, 'invalid_api_key'],
    ['error-429', 429, 'rate_limit_exceeded'],
    ['error-500', 500, null],
    ['quota', 429, 'insufficient_quota'],
    ['context-length', 400, 'context_length_exceeded'],
    ['content-policy', 400, 'content_policy_violation'],
    ['gpt-unknown', 404, 'model_not_found'],
  ] as const)("fails as %s with %i in the vendor's shape", async ([model, status, code]) => {
    const response = await post(await simulate(), chat(model));
    const body = (await response.json()) as { error: Record<string, unknown> };
    expect([response.status, body.error['code'], Object.keys(body.error)]).toEqual([
      status,
      code,
      ['message', 'type', 'param', 'code'],
    ]);
  });

  it('says how long to wait with a 429', async () => {
    const response = await post(await simulate(), chat('error-429'));
    expect(response.headers.get('retry-after')).toBe('2');
  });

  it.for(['not json', '[]', '{}', '{"model":"echo"}', '{"model":"echo","messages":[]}'])(
    'refuses the body %s',
    async (body) => {
      const response = await post(await simulate(), body);
      expect(response.status).toBe(400);
    },
  );
});

interface Call {
  readonly function: { readonly name?: string; readonly arguments: string };
}

describe('the OpenAI embeddings wire', () => {
  const embed = (body: object): Promise<unknown> => answer({ model: 'embed', ...body }, '/v1/embeddings');
  const vectors = async (input: unknown, extra: object = {}): Promise<number[][]> => {
    const { data } = (await embed({ input, ...extra })) as { data: { embedding: number[] }[] };
    return data.map(({ embedding }) => embedding);
  };
  const dot = (left: readonly number[], right: readonly number[]): number =>
    left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);

  it('gives one unit vector for each text, of the dimensions asked for', async () => {
    const [one = [], two = []] = await vectors(['a fox', 'a dog'], { dimensions: 8 });
    expect([one.length, dot(one, one), dot(two, two)]).toEqual([8, expect.closeTo(1, 5), expect.closeTo(1, 5)]);
  });

  it('puts texts that share words closer together than others', async () => {
    const [fox = [], dog = [], ship = []] = await vectors(['a red fox', 'a red dog', 'ships sail home']);
    expect(dot(fox, dog)).toBeGreaterThan(dot(fox, ship) + 0.2);
  });

  it('gives the same numbers in base64', async () => {
    const [floats = []] = await vectors('hello', { dimensions: 4 });
    const body = await embed({ input: 'hello', dimensions: 4, encoding_format: 'base64' });
    const [{ embedding }] = (body as { data: [{ embedding: string }] }).data;
    const bytes = Buffer.from(embedding, 'base64');
    expect(floats.map((_, index) => bytes.readFloatLE(index * 4))).toEqual(floats);
  });

  it.for([
    [1, 2, 3],
    [[1, 2], [3]],
  ])('takes token ids', async (input) => {
    expect((await vectors(input)).length).toBe(Array.isArray(input[0]) ? 2 : 1);
  });

  it.for([{}, { input: [] }, { input: '' }, { input: [5, 'x'] }, { input: 'a', dimensions: 0 }])(
    'refuses %j',
    async (body) => {
      expect(await embed(body)).toMatchObject({ error: { type: 'invalid_request_error' } });
    },
  );

  it('fails as its model says', async () => {
    expect(await answer({ model: 'error-503', input: 'a' }, '/v1/embeddings')).toMatchObject({
      error: { code: 'server_overloaded' },
    });
  });
});
