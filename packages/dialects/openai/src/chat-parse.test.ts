import { isGatewayError } from '@sluice/contract';
import type { ErrorCode, JsonObject } from '@sluice/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openAiChat } from './index.js';

const user = { role: 'user', content: 'hi' };
const body = (more: JsonObject = {}): JsonObject => ({ model: 'm', messages: [user], ...more });
const says = (...messages: readonly unknown[]): JsonObject => body({ messages });
const parse = (value: unknown) => openAiChat.parse(value);

function refusal(value: unknown): { readonly code: ErrorCode; readonly param: string | undefined } | 'accepted' {
  try {
    parse(value);
    return 'accepted';
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    return { code: error.code, param: error.details.param };
  }
}

type Refused = readonly (readonly [unknown, ErrorCode, string | undefined])[];

const CALL = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };
const manyKeys = Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, 'v']));

const BODIES: Refused = [
  [null, 'invalid_type', undefined],
  [[], 'invalid_type', undefined],
  ['text', 'invalid_type', undefined],
  [{}, 'missing_required_parameter', 'model'],
  [{ model: 'm' }, 'missing_required_parameter', 'messages'],
  [body({ model: 7 }), 'invalid_type', 'model'],
  [body({ model: '' }), 'invalid_value', 'model'],
  [body({ model: 'a\u0000b' }), 'invalid_value', 'model'],
  [body({ model: 'a\nb' }), 'invalid_value', 'model'],
  [body({ model: '-'.repeat(100_000) }), 'invalid_value', 'model'],
];
const MESSAGES: Refused = [
  [body({ messages: 'hi' }), 'invalid_type', 'messages'],
  [says(), 'invalid_value', 'messages'],
  [says(user, 7), 'invalid_type', 'messages[1]'],
  [says({ content: 'x' }), 'missing_required_parameter', 'messages[0].role'],
  [says({ role: 'robot', content: 'x' }), 'invalid_value', 'messages[0].role'],
  [says({ role: '__proto__', content: 'x' }), 'invalid_value', 'messages[0].role'],
  [says({ role: 'user' }), 'missing_required_parameter', 'messages[0].content'],
  [says({ role: 'user', content: 7 }), 'invalid_type', 'messages[0].content'],
  [says({ role: 'user', content: null }), 'invalid_type', 'messages[0].content'],
  [says({ role: 'user', content: [] }), 'invalid_value', 'messages[0].content'],
  [says({ role: 'user', content: [[]] }), 'invalid_type', 'messages[0].content[0]'],
  [says({ role: 'user', content: ['x'] }), 'invalid_type', 'messages[0].content[0]'],
  [says({ role: 'user', content: [{ type: 'odd' }] }), 'invalid_value', 'messages[0].content[0].type'],
  [says({ role: 'user', content: [{ text: 'x' }] }), 'missing_required_parameter', 'messages[0].content[0].type'],
  [says({ role: 'user', content: [{ type: 'text' }] }), 'missing_required_parameter', 'messages[0].content[0].text'],
  [
    says({ role: 'user', content: [{ type: 'image_url' }] }),
    'missing_required_parameter',
    'messages[0].content[0].image_url',
  ],
  [
    says({ role: 'user', content: [{ type: 'image_url', image_url: {} }] }),
    'missing_required_parameter',
    'messages[0].content[0].image_url.url',
  ],
  [says({ role: 'assistant', tool_calls: [{}] }), 'missing_required_parameter', 'messages[0].tool_calls[0].type'],
  [
    says({ role: 'assistant', tool_calls: [{ ...CALL, function: { name: 'f', arguments: {} } }] }),
    'invalid_type',
    'messages[0].tool_calls[0].function.arguments',
  ],
  [says({ role: 'tool', content: 'x' }), 'missing_required_parameter', 'messages[0].tool_call_id'],
  [says(user, { role: 'tool', content: 'x', tool_call_id: 'c' }), 'invalid_value', 'messages[1].tool_call_id'],
];
const PARAMETERS: Refused = [
  [body({ stream: 'yes' }), 'invalid_type', 'stream'],
  [body({ stream_options: { include_usage: 1 } }), 'invalid_type', 'stream_options.include_usage'],
  [body({ max_tokens: 0 }), 'invalid_value', 'max_tokens'],
  [body({ max_tokens: -1 }), 'invalid_value', 'max_tokens'],
  [body({ max_tokens: 1.5 }), 'invalid_type', 'max_tokens'],
  [body({ max_tokens: '5' }), 'invalid_type', 'max_tokens'],
  [body({ max_tokens: 1e9 }), 'invalid_value', 'max_tokens'],
  [body({ max_completion_tokens: 0 }), 'invalid_value', 'max_completion_tokens'],
  [body({ max_tokens: 5, max_completion_tokens: 5 }), 'invalid_value', 'max_tokens'],
  [body({ temperature: 2.1 }), 'invalid_value', 'temperature'],
  [body({ temperature: '1' }), 'invalid_type', 'temperature'],
  [body({ top_p: -0.1 }), 'invalid_value', 'top_p'],
  [body({ frequency_penalty: 3 }), 'invalid_value', 'frequency_penalty'],
  [body({ presence_penalty: -3 }), 'invalid_value', 'presence_penalty'],
  [body({ n: 0 }), 'invalid_value', 'n'],
  [body({ n: 129 }), 'invalid_value', 'n'],
  [body({ stop: ['a', 'b', 'c', 'd', 'e'] }), 'invalid_value', 'stop'],
  [body({ stop: [] }), 'invalid_value', 'stop'],
  [body({ stop: '' }), 'invalid_value', 'stop'],
  [body({ stop: 7 }), 'invalid_type', 'stop'],
  [body({ stop: ['a', 7] }), 'invalid_type', 'stop[1]'],
  [body({ logit_bias: { 5: 101 } }), 'invalid_value', 'logit_bias.5'],
  [body({ top_logprobs: 21 }), 'invalid_value', 'top_logprobs'],
  [body({ tools: {} }), 'invalid_type', 'tools'],
  [body({ tools: [{ type: 'function' }] }), 'missing_required_parameter', 'tools[0].function'],
  [body({ tools: [{ type: 7 }] }), 'invalid_value', 'tools[0].type'],
  [
    body({ tools: [{ type: 'function', function: { name: 'f', parameters: [] } }] }),
    'invalid_type',
    'tools[0].function.parameters',
  ],
  [body({ tool_choice: 'always' }), 'invalid_value', 'tool_choice'],
  [body({ tool_choice: { type: 'function' } }), 'missing_required_parameter', 'tool_choice.function'],
  [body({ response_format: { type: 'xml' } }), 'invalid_value', 'response_format.type'],
  [body({ response_format: { type: 'json_schema' } }), 'missing_required_parameter', 'response_format.json_schema'],
  [body({ response_format: 'json' }), 'invalid_type', 'response_format'],
  [body({ reasoning_effort: 'huge' }), 'invalid_value', 'reasoning_effort'],
  [body({ metadata: manyKeys }), 'invalid_value', 'metadata'],
  [body({ metadata: { a: 'x'.repeat(513) } }), 'invalid_value', 'metadata.a'],
  [body({ metadata: { a: { b: 'c' } } }), 'invalid_type', 'metadata.a'],
  [body({ metadata: { a: ['b'] } }), 'invalid_value', 'metadata'],
];
const NAMES: Refused = [
  ...[
    'api_base',
    'base_url',
    'api_key',
    'headers',
    'extra_headers',
    'organization',
    'custom_llm_provider',
    'timeout',
  ].map((name) => [body({ [name]: 'x' }), 'unknown_parameter', name] as const),
  ...['mock_response', 'user_config', 'litellm_params', 'extra_body'].map(
    (name) => [body({ [name]: {} }), 'unknown_parameter', name] as const,
  ),
  [JSON.parse('{"model":"m","messages":[],"__proto__":{"polluted":1}}'), 'unknown_parameter', '__proto__'],
  [body({ metadata: { api_base: 'x' } }), 'unknown_parameter', 'metadata.api_base'],
  [body({ fallbacks: ['m', { model: 'n', api_base: 'x' }] }), 'unknown_parameter', 'fallbacks[1].api_base'],
  [
    body({ tools: [{ type: 'function', function: { name: 'f' }, headers: {} }] }),
    'unknown_parameter',
    'tools[0].headers',
  ],
  [
    body({ tools: [{ type: 'function', function: { name: 'f', api_key: 'x' } }] }),
    'unknown_parameter',
    'tools[0].function.api_key',
  ],
];

describe('parsing a chat request', () => {
  it.for([...BODIES, ...MESSAGES, ...PARAMETERS, ...NAMES])('refuses %o with %s at %s', ([value, code, param]) => {
    expect(refusal(value)).toEqual({ code, param });
  });

  it('leaves the prototype of objects alone', () => {
    refusal(JSON.parse('{"model":"m","messages":[{"role":"user","content":"x","__proto__":{"polluted":1}}]}'));
    expect(({} as JsonObject)['polluted']).toBeUndefined();
  });

  it('names a parameter and its problem, and no value', () => {
    expect(() => parse(body({ temperature: 99 }))).toThrow(
      '"temperature" is not valid: too big: expected number to be <=2.',
    );
  });

  it.for([
    body({ temperature: null, stop: null, tools: null, metadata: null, stream_options: null, max_tokens: null }),
    body({ x_future: { deep: [1] }, chat_template_kwargs: { enable_thinking: false } }),
    body({ metadata: { toString: 'a', hasOwnProperty: 'b', organization: 'acme', timeout: '5', tags: ['x'] } }),
    body({
      tools: [{ type: 'function', function: { name: 'f', parameters: { properties: { api_key: {}, headers: {} } } } }],
    }),
    body({
      tools: [{ type: 'custom', custom: { name: 'c' } }],
      tool_choice: { type: 'custom', custom: { name: 'c' } },
    }),
    body({ functions: [{ name: 'f' }], function_call: { name: 'f' } }),
    body({ n: 128, logit_bias: { 1: -100 }, modalities: ['text', 'audio'], audio: { format: 'wav', voice: 'ash' } }),
    says({ role: 'developer', content: [{ type: 'text', text: 'x' }] }, user),
    says({
      role: 'user',
      content: [
        { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
        { type: 'file', file: {} },
      ],
    }),
    says({ role: 'assistant', content: null, tool_calls: [CALL] }, { role: 'tool', content: 'x', tool_call_id: 'c' }),
    says({ role: 'function', name: 'f', content: null }),
    says({ role: 'user', content: 'a\u0000b' }),
  ])('takes %o', (value) => expect(refusal(value)).toBe('accepted'));

  it.for([
    [body(), { stream: false, wantsUsage: true }],
    [body({ stream: true }), { stream: true, wantsUsage: false }],
    [body({ stream: true, stream_options: { include_usage: false } }), { stream: true, wantsUsage: false }],
    [body({ stream: true, stream_options: { include_usage: true } }), { stream: true, wantsUsage: true }],
  ] as const)('tells of %j whether it streams and wants usage', ([value, expected]) => {
    expect(parse(value)).toMatchObject(expected);
  });

  it.for([
    [body(), []],
    [body({ tools: [], reasoning_effort: 'none' }), []],
    [body({ tools: [{ type: 'function', function: { name: 'f' } }] }), ['tools']],
    [
      says({ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://a.example/b.png' } }] }),
      ['vision'],
    ],
    [body({ response_format: { type: 'json_schema', json_schema: { name: 'a' } } }), ['json-schema']],
    [body({ reasoning_effort: 'low' }), ['reasoning']],
    [body({ reasoning: { enabled: true } }), ['reasoning']],
    [body({ reasoning: { effort: 'none' } }), []],
    [body({ reasoning: { enabled: false }, thinking: { type: 'disabled' } }), []],
    [body({ thinking: { type: 'enabled', budget_tokens: 9 } }), ['reasoning']],
    [body({ enable_thinking: true }), ['reasoning']],
    [body({ thinking_budget: 9 }), ['reasoning']],
    [body({ functions: [{ name: 'f' }] }), ['tools']],
    [body({ tools: [{ type: 'openrouter:web_search' }] }), ['tools']],
    [body({ modalities: ['audio'] }), ['audio']],
    [says({ role: 'user', content: [{ type: 'file', file: { file_id: 'a' } }] }), ['files']],
    [says({ role: 'user', content: [{ type: 'input_audio', input_audio: { data: '', format: 'wav' } }] }), ['audio']],
  ] as const)('tells what %j needs of a target: %j', ([value, features]) => {
    expect(parse(value).features).toEqual(features);
  });

  it('hands the body on as it came', () => {
    const value = body({ x_future: 1 });
    expect(parse(value).wire).toBe(value);
  });

  it('gives an error of the table for whatever it is sent', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (messages, content, extra) => {
        for (const value of [
          messages,
          says(content),
          says({ role: 'user', content }),
          body({ tools: [extra], stop: extra }),
        ]) {
          expect(() => refusal(value)).not.toThrow();
        }
      }),
    );
  });
});
