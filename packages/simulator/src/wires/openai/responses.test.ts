import { describe, expect, it } from 'vitest';
import { post, readEvents, simulateForFile } from '../../testing/client.js';
import { seal } from '../../signer.js';

const simulator = await simulateForFile();
const path = '/v1/responses';
const ask = (extra: object) => ({ model: 'echo', input: 'Hi', ...extra });
const call = { type: 'function_call', call_id: 'x', name: 'a', arguments: '{}' };
const output = { type: 'function_call_output', call_id: 'x', output: 'ok' };
const user = { role: 'user', content: 'Hi' };
const thought = (extra: object) => ({ type: 'reasoning', id: 'rs_1', summary: [], ...extra });

describe('what the Responses wire refuses', () => {
  it.for([
    ['a field that is none', ask({ messages: [] }), 'messages', 'unknown_parameter'],
    ['a number as input', ask({ input: 5 }), 'input', 'invalid_type'],
    ['no input', { model: 'echo' }, 'input', 'missing_required_parameter'],
    ['no model', { input: 'Hi' }, 'model', 'missing_required_parameter'],
    ['a limit of 5', ask({ max_output_tokens: 5 }), 'max_output_tokens', 'integer_below_min_value'],
    [
      'parts of chats',
      ask({ input: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }] }),
      'input[0].content[0].type',
      'invalid_value',
    ],
    [
      'an unknown field of a message',
      ask({ input: [{ ...user, tool_calls: [] }] }),
      'input[0].tool_calls',
      'unknown_parameter',
    ],
    [
      'tools as chats have them',
      ask({ tools: [{ type: 'function', function: { name: 'a' } }] }),
      'tools[0].function',
      'unknown_parameter',
    ],
    ['a name with a space', ask({ tools: [{ type: 'function', name: 'a b' }] }), 'tools[0].name', 'invalid_value'],
    [
      'a strict tool with open objects',
      ask({ tools: [{ type: 'function', name: 'a', strict: true, parameters: { type: 'object', properties: {} } }] }),
      'tools[0].parameters',
      'invalid_function_parameters',
    ],
    ['a must without tools', ask({ tool_choice: 'required' }), 'tool_choice', null],
    [
      'a choice of a tool that is not offered',
      ask({ tools: [{ type: 'function', name: 'a' }], tool_choice: { type: 'function', name: 'b' } }),
      'tool_choice',
      null,
    ],
    ['an output without a call', ask({ input: [user, output] }), 'input', null],
    ['a call without an output', ask({ input: [user, call] }), 'input', null],
    [
      'a custom output for a function',
      ask({ input: [user, call, { ...output, type: 'custom_tool_call_output' }] }),
      'input',
      null,
    ],
    [
      'reasoning that it did not seal',
      ask({ input: [user, thought({ encrypted_content: 'gAAAAA' }), { role: 'assistant', content: 'x' }] }),
      'input',
      'invalid_encrypted_content',
    ],
    [
      'reasoning that leads to nothing',
      ask({ input: [thought({ encrypted_content: seal('openai', 'x') }), user] }),
      'input',
      null,
    ],
    [
      'a response that it has not kept',
      ask({ previous_response_id: 'resp_none' }),
      'previous_response_id',
      'previous_response_not_found',
    ],
    [
      'an open schema that is to be strict',
      ask({
        text: { format: { type: 'json_schema', name: 'x', strict: true, schema: { type: 'object', properties: {} } } },
      }),
      'text.format.schema',
      'invalid_json_schema',
    ],
    [
      'temperature for a model that reasons',
      ask({ model: 'gpt-5-mini', temperature: 0 }),
      'temperature',
      'unsupported_parameter',
    ],
    [
      'effort for one that does not',
      ask({ model: 'gpt-4.1', reasoning: { effort: 'low' } }),
      'reasoning.effort',
      'unsupported_parameter',
    ],
    ['the background without a store', ask({ background: true, store: false }), 'background', null],
    [
      'stream_options without a stream',
      ask({ stream_options: { include_obfuscation: false } }),
      'stream_options',
      null,
    ],
  ] as const)('is %s', async ([, body, param, code]) => {
    const response = await post(simulator, body, { path });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { type: 'invalid_request_error', param, code } },
    ]);
  });

  it('is an item that was not kept', async () => {
    const response = await post(simulator, ask({ input: [{ type: 'item_reference', id: 'rs_none' }] }), { path });
    expect([response.status, await response.text()]).toEqual([
      404,
      expect.stringContaining("Item with id 'rs_none' not found."),
    ]);
  });

  it.for([
    [
      'a sealed thought before its call',
      ask({ input: [user, thought({ encrypted_content: seal('openai', 'x') }), call, output] }),
    ],
    [
      'a tool that the vendor runs',
      ask({ tools: [{ type: 'web_search', filters: {} }], tool_choice: { type: 'web_search' } }),
    ],
    [
      'an item of a tool that the vendor runs',
      ask({ input: [user, { type: 'web_search_call', id: 'ws_1', status: 'completed' }, user] }),
    ],
    ['a temperature where the effort is none', ask({ model: 'gpt-6', temperature: 0, reasoning: { effort: 'none' } })],
  ] as const)('is not %s', async ([, body]) => {
    expect((await post(simulator, body, { path })).status).toBe(200);
  });
});

describe('a stream of the Responses wire', () => {
  const types = async (body: object): Promise<readonly string[]> => {
    const response = await post(simulator, { ...body, stream: true }, { path });
    const events = readEvents(await response.text());
    const numbers = events.map(({ data }) => (data as { sequence_number: number }).sequence_number);
    expect(numbers).toEqual(numbers.map((_, index) => index));
    return events.map(({ event = '' }) => event.replace('response.', ''));
  };

  it('announces an item, tells it in pieces, and tells it whole', async () => {
    expect(await types(ask({}))).toEqual([
      'created',
      'in_progress',
      'output_item.added',
      'content_part.added',
      'output_text.delta',
      'output_text.done',
      'content_part.done',
      'output_item.done',
      'completed',
    ]);
  });

  it('shows a summary of its reasoning where it was asked to', async () => {
    const seen = await types(ask({ model: 'reasoning', reasoning: { summary: 'auto' } }));
    const hidden = await types(ask({ model: 'reasoning' }));
    expect(seen.slice(2, 5)).toEqual([
      'output_item.added',
      'reasoning_summary_part.added',
      'reasoning_summary_text.delta',
    ]);
    expect([
      hidden.filter((type) => type.includes('summary')),
      hidden.filter((type) => type === 'output_item.done').length,
    ]).toEqual([[], 2]);
  });

  it.for([
    ['length-1', 'incomplete'],
    ['refuse', 'incomplete'],
    ['error-in-stream-1', 'failed'],
  ] as const)('ends as %s with %s', async ([model, last]) => {
    expect((await types(ask({ model }))).at(-1)).toBe(last);
  });

  it('tells a refusal as one', async () => {
    expect(await types(ask({ model: 'refuse' }))).toEqual(expect.arrayContaining(['refusal.delta', 'refusal.done']));
  });

  it('keeps an error to itself that has an HTTP status', async () => {
    expect((await post(simulator, ask({ model: 'error-503', stream: true }), { path })).status).toBe(503);
  });
});

describe('what the Responses wire keeps', () => {
  const send = async (method: string, at: string): Promise<[number, Record<string, unknown>]> => {
    const response = await fetch(`${simulator.url}${path}/${at}`, { method });
    return [response.status, (await response.json()) as Record<string, unknown>];
  };
  const create = async (extra: object): Promise<string> => {
    const response = await post(simulator, ask(extra), { path });
    return ((await response.json()) as { id: string }).id;
  };

  it('is gone once it was deleted', async () => {
    const id = await create({});
    expect([await send('GET', id), await send('DELETE', id), await send('GET', id)]).toMatchObject([
      [200, { id, status: 'completed' }],
      [200, { id, deleted: true }],
      [404, { error: { message: `Response with id '${id}' not found.` } }],
    ]);
  });

  it('is nothing where it was told not to store', async () => {
    expect((await send('GET', await create({ store: false })))[0]).toBe(404);
  });

  it('is what was asked, newest first', async () => {
    const id = await create({
      input: [user, { role: 'assistant', content: 'Yes?' }, { role: 'user', content: 'Bye' }],
    });
    const [, listed] = await send('GET', `${id}/input_items`);
    expect(listed['data']).toMatchObject([{ content: 'Bye' }, { content: 'Yes?' }, { content: 'Hi' }]);
  });

  it('is done in the background once it was looked at, or cancelled before', async () => {
    const [first, second, plain] = [
      await create({ background: true }),
      await create({ background: true }),
      await create({}),
    ];
    expect([
      await send('GET', first),
      await send('POST', `${first}/cancel`),
      await send('POST', `${second}/cancel`),
      await send('POST', `${plain}/cancel`),
    ]).toMatchObject([
      [200, { status: 'completed' }],
      [200, { status: 'completed' }],
      [200, { status: 'cancelled', output: [] }],
      [400, { error: { message: 'Cannot cancel a synchronous response.' } }],
    ]);
  });

  it('counts without answering', async () => {
    const response = await post(simulator, ask({ input: 'Hello there' }), { path: `${path}/input_tokens` });
    expect(await response.json()).toEqual({ object: 'response.input_tokens', input_tokens: 3 });
  });
});
