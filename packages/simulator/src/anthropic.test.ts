import { describe, expect, it } from 'vitest';
import { message, post, readEvents, simulate } from './testing/client.js';

const path = '/v1/messages';
const TOOL = (name: string) => ({ name, input_schema: { type: 'object', properties: { n: { const: 7 } } } });

async function answer(body: object): Promise<unknown> {
  return (await post(await simulate(), body, { path })).json();
}
async function stream(body: object) {
  const response = await post(await simulate(), { ...body, stream: true }, { path });
  return readEvents(await response.text());
}

describe('the Anthropic wire', () => {
  it('answers a plain message with content, stop reason and usage', async () => {
    expect(await answer(message('echo'))).toMatchObject({
      type: 'message',
      role: 'assistant',
      content: [{ type: 'text', text: 'Hello there' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 3, output_tokens: 3 },
    });
  });

  it('streams named events in the order of the grammar, one ping among them', async () => {
    const names = (await stream(message('length-1'))).map(({ event }) => event);
    expect(names).toEqual([
      'message_start',
      'content_block_start',
      'ping',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
  });

  it('names each event as its data does', async () => {
    const events = await stream(message('echo'));
    expect(events.filter(({ event, data }) => event !== (data as { type: string }).type)).toEqual([]);
  });

  it('thinks in a signed block of its own', async () => {
    expect(await answer(message('reasoning'))).toMatchObject({
      content: [
        { type: 'thinking', signature: expect.stringMatching(/^[\w+/=]+$/) as string },
        { type: 'text', text: 'Hello there' },
      ],
    });
  });

  it('streams the signature before it closes the thinking block', async () => {
    const data = (await stream(message('reasoning'))).map((event) => event.data as Delta);
    const signed = data.findIndex(({ delta }) => delta?.type === 'signature_delta');
    expect([signed > 0, data[signed + 1]]).toEqual([true, { type: 'content_block_stop', index: 0 }]);
  });

  it('streams the arguments of two calls in two blocks', async () => {
    const body = message('tools-parallel', { tools: [TOOL('a'), TOOL('b')] });
    const deltas = (await stream(body)).map(({ data }) => data as Delta);
    const args = [0, 1].map((block) =>
      deltas.map(({ index, delta }) => (index === block ? (delta?.partial_json ?? '') : '')).join(''),
    );
    expect(args).toEqual(['{"n":7}', '{"n":7}']);
  });

  it.for([
    [{ type: 'none' }, []],
    [{ type: 'tool', name: 'b' }, ['b']],
    [{ type: 'auto', disable_parallel_tool_use: true }, ['a']],
    [undefined, ['a', 'b']],
  ] as const)('calls what the choice %j allows', async ([choice, names]) => {
    const body = message('tools-parallel', { tools: [TOOL('a'), TOOL('b')], tool_choice: choice });
    const { content } = (await answer(body)) as { content: { type: string; name?: string }[] };
    expect(content.flatMap(({ name }) => name ?? [])).toEqual(names);
  });

  it('answers in text after the result of a tool', async () => {
    const messages = [
      { role: 'user', content: 'Weather?' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'x', name: 'a', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'x', content: 'sunny' }] },
    ];
    expect(await answer(message('tools', { messages, tools: [TOOL('a')] }))).toMatchObject({
      content: [{ type: 'text', text: 'The tool answered: sunny' }],
    });
  });

  it('counts the images that it was given', async () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA==' } };
    const messages = [{ role: 'user', content: [image] }];
    expect(await answer(message('echo', { messages }))).toMatchObject({ content: [{ text: '(1 image)' }] });
  });

  it('answers with JSON that fits the schema', async () => {
    const format = { type: 'json_schema', schema: { const: 7 } };
    expect(await answer(message('json', { output_config: { format } }))).toMatchObject({ content: [{ text: '7' }] });
  });

  it('refuses with a stop reason and no content', async () => {
    expect(await answer(message('refuse'))).toMatchObject({ content: [], stop_reason: 'refusal' });
  });

  it('tells the reason of a streamed refusal at its end', async () => {
    const events = await stream(message('refuse'));
    expect(events.at(-2)?.data).toMatchObject({
      delta: { stop_reason: 'refusal', stop_details: { explanation: expect.any(String) as string } },
    });
  });

  it('stops where max_tokens ends', async () => {
    expect(await answer(message('tokens-9', { max_tokens: 4 }))).toMatchObject({
      stop_reason: 'max_tokens',
      usage: { output_tokens: 4 },
    });
  });

  it('keeps usage to itself as no-usage', async () => {
    expect(JSON.stringify(await stream(message('no-usage')))).not.toContain('_tokens');
  });

  it.for([
    ['error-401', 401, 'authentication_error'],
    ['error-429', 429, 'rate_limit_error'],
    ['error-529', 529, 'overloaded_error'],
    ['error-418', 418, 'invalid_request_error'],
    ['error-500', 500, 'api_error'],
    ['claude-unknown', 404, 'not_found_error'],
  ] as const)("fails as %s with %i in the vendor's shape", async ([model, status, type]) => {
    const response = await post(await simulate(), message(model), { path });
    expect([response.status, await response.json()]).toEqual([
      status,
      {
        type: 'error',
        error: { type, message: expect.any(String) as string },
        request_id: response.headers.get('request-id'),
      },
    ]);
  });

  it('reports an error inside a stream as a named event, and ends', async () => {
    const last = (await stream(message('error-in-stream-1'))).at(-1);
    expect(last).toMatchObject({ event: 'error', data: { type: 'error', error: { type: 'overloaded_error' } } });
  });

  it.for([{ model: 'echo' }, { model: 'echo', max_tokens: 1 }, { max_tokens: 1, messages: [{}] }])(
    'refuses %j',
    async (body) => {
      expect(await answer(body)).toMatchObject({ error: { type: 'invalid_request_error' } });
    },
  );
});

interface Delta {
  readonly index?: number;
  readonly delta?: { readonly type: string; readonly partial_json?: string };
}
