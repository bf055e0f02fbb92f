import { describe, expect, it } from 'vitest';
import { chat, post, simulate, simulateForFile } from '../../testing/client.js';
import { TEST_CREDENTIALS } from '../../credentials.js';

const simulator = await simulateForFile();
const TOOL = { type: 'function', function: { name: 'a', parameters: { type: 'object', properties: {} } } };
const CALL = { id: 'x', type: 'function', function: { name: 'a', arguments: '{}' } };
const user = { role: 'user', content: 'Hi' };
const says = (messages: readonly object[], extra: object = {}): object => ({ model: 'echo', messages, ...extra });
const strictSchema = (schema: object): object => ({
  response_format: { type: 'json_schema', json_schema: { name: 'x', strict: true, schema } },
});

async function refusal(body: unknown): Promise<Record<string, unknown>> {
  const response = await post(simulator, body);
  expect(response.status).toBe(400);
  return ((await response.json()) as { error: Record<string, unknown> }).error;
}

describe('what the OpenAI wire refuses', () => {
  it.for([
    ['a field that is none', chat('echo', { nonsense: 1 }), 'nonsense', 'unknown_parameter'],
    ['a number as content', says([{ role: 'user', content: 5 }]), 'messages[0].content', 'invalid_type'],
    ['a role that is none', says([{ role: 'robot', content: 'x' }]), 'messages[0].role', 'invalid_value'],
    ['a field of a message that is none', says([{ ...user, id: 1 }]), 'messages[0].id', 'unknown_parameter'],
    ['a message without a role', says([{ content: 'x' }]), 'messages[0].role', 'missing_required_parameter'],
    ['no messages', { model: 'echo', messages: [] }, 'messages', 'empty_array'],
    ['a temperature of text', chat('echo', { temperature: '1' }), 'temperature', 'invalid_type'],
    ['a temperature of 3', chat('echo', { temperature: 3 }), 'temperature', 'integer_above_max_value'],
    ['a limit of 0', chat('echo', { max_tokens: 0 }), 'max_tokens', 'integer_below_min_value'],
    [
      'two limits',
      chat('echo', { max_tokens: 5, max_completion_tokens: 5 }),
      'max_tokens',
      'invalid_parameter_combination',
    ],
    ['five stop sequences', chat('echo', { stop: ['a', 'b', 'c', 'd', 'e'] }), 'stop', 'array_above_max_length'],
    [
      'stream_options without a stream',
      chat('echo', { stream_options: { include_usage: true } }),
      'stream_options',
      null,
    ],
    ['tool_choice without tools', chat('echo', { tool_choice: 'auto' }), 'tool_choice', null],
    ['parallel_tool_calls without tools', chat('echo', { parallel_tool_calls: true }), 'parallel_tool_calls', null],
    [
      'a choice of a tool that is not offered',
      chat('echo', { tools: [TOOL], tool_choice: { type: 'function', function: { name: 'b' } } }),
      'tool_choice',
      null,
    ],
    [
      'a name with a space',
      chat('echo', { tools: [{ type: 'function', function: { name: 'a b' } }] }),
      'tools[0].function.name',
      'invalid_value',
    ],
    [
      'a tool that takes a list',
      chat('echo', { tools: [{ type: 'function', function: { name: 'a', parameters: { type: 'array' } } }] }),
      'tools[0].function.parameters',
      'invalid_function_parameters',
    ],
    [
      'a result without a call',
      says([user, { role: 'tool', tool_call_id: 'x', content: 'y' }]),
      'messages.[1].role',
      null,
    ],
    [
      'a call without a result',
      says([user, { role: 'assistant', tool_calls: [CALL] }, user]),
      'messages.[2].role',
      null,
    ],
    [
      'an assistant that says nothing',
      says([user, { role: 'assistant', content: null }, user]),
      'messages.[1].content',
      null,
    ],
    [
      'json_object where no one says JSON',
      chat('echo', { response_format: { type: 'json_object' } }),
      'messages',
      null,
    ],
    [
      'a strict schema with open objects',
      chat('echo', strictSchema({ type: 'object', properties: {} })),
      'response_format',
      null,
    ],
    [
      'a strict schema with optional fields',
      chat(
        'echo',
        strictSchema({ type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false }),
      ),
      'response_format',
      null,
    ],
    [
      'max_tokens for a model that reasons',
      chat('gpt-5-mini', { max_tokens: 5 }),
      'max_tokens',
      'unsupported_parameter',
    ],
    [
      'temperature for a model that reasons',
      chat('gpt-5-mini', { temperature: 0 }),
      'temperature',
      'unsupported_value',
    ],
    [
      'reasoning_effort for one that does not',
      chat('gpt-4.1', { reasoning_effort: 'low' }),
      'reasoning_effort',
      'unsupported_parameter',
    ],
    ['top_logprobs without logprobs', chat('echo', { top_logprobs: 2 }), 'top_logprobs', null],
  ] as const)('is %s', async ([, body, param, code]) => {
    expect(await refusal(body)).toMatchObject({ type: 'invalid_request_error', param, code });
  });

  it.for([
    ['the default of a sampling parameter', chat('gpt-5-mini', { temperature: 1 })],
    ['a temperature where the effort is none', chat('gpt-6', { temperature: 0.5, reasoning_effort: 'none' })],
    [
      'a whole strict schema',
      chat(
        'echo',
        strictSchema({
          type: 'object',
          properties: { a: { type: 'string' } },
          required: ['a'],
          additionalProperties: false,
        }),
      ),
    ],
    ['null where the API allows it', chat('echo', { temperature: null, stop: null, logprobs: null })],
    [
      'a conversation with a call',
      says([
        user,
        { role: 'assistant', content: null, tool_calls: [CALL] },
        { role: 'tool', tool_call_id: 'x', content: 'y' },
      ]),
    ],
  ] as const)('is not %s', async ([, body]) => {
    expect((await post(simulator, body)).status).toBe(200);
  });

  it.for([
    [undefined, 401],
    ['Bearer sk-wrong', 401],
    [`Bearer ${TEST_CREDENTIALS.openai.apiKey}`, 200],
  ] as const)('with checked keys, answers %s with %i', async ([authorization, status]) => {
    const strict = await simulate({ checkKeys: true });
    const response = await post(strict, chat('echo'), { headers: { ...(authorization && { authorization }) } });
    expect(response.status).toBe(status);
  });

  it('overlooks it all where it is not strict', async () => {
    const lenient = await simulate({ strict: false });
    const body = chat('echo', { nonsense: 1, temperature: 3, tool_choice: 'auto' });
    expect((await post(lenient, body)).status).toBe(200);
  });
});
