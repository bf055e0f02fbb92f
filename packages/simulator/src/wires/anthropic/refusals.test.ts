import { describe, expect, it } from 'vitest';
import { message, post, simulate, simulateForFile } from '../../testing/client.js';
import { TEST_CREDENTIALS } from '../../credentials.js';

const simulator = await simulateForFile();
const path = '/v1/messages';
const TOOL = { name: 'a', input_schema: { type: 'object' } };
const user = { role: 'user', content: 'Hi' };
const use = (id: string) => ({ type: 'tool_use', id, name: 'a', input: {} });
const result = (id: string) => ({ type: 'tool_result', tool_use_id: id, content: 'ok' });
const says = (messages: readonly object[], extra: object = {}): object => message('echo', { messages, ...extra });
const THINKING = { type: 'enabled', budget_tokens: 2_000 };
const MARK = { type: 'ephemeral' };

async function refusal(body: unknown, version = '2023-06-01'): Promise<string> {
  const response = await post(simulator, body, { path, headers: { 'anthropic-version': version } });
  const told = (await response.json()) as { error?: { type: string; message: string } };
  return `${response.status} ${told.error?.type ?? ''}: ${told.error?.message ?? ''}`;
}

const INVALID = [
  ['a field that is none', message('echo', { nonsense: 1 }), 'nonsense: Extra inputs are not permitted'],
  ['no max_tokens', { model: 'echo', messages: [user] }, 'max_tokens: Field required'],
  ['max_tokens of text', message('echo', { max_tokens: '5' }), 'max_tokens: Input should be a valid integer'],
  [
    'a number as content',
    says([{ role: 'user', content: 5 }]),
    'messages.0.content: Input should be a valid string or list',
  ],
  [
    'a role that is none',
    says([{ role: 'tool', content: 'x' }]),
    "messages.0.role: Input should be 'user', 'assistant' or 'system'",
  ],
  [
    'a block that is none',
    says([{ role: 'user', content: [{ type: 'image_url' }] }]),
    "messages.0.content.0.type: Input tag 'image_url' found using 'type'",
  ],
  ['no messages', says([]), 'messages: at least one message is required'],
  [
    'an empty text block',
    says([{ role: 'user', content: [{ type: 'text', text: '' }] }]),
    'messages: text content blocks must be non-empty',
  ],
  [
    'a blank text',
    says([{ role: 'user', content: '  ' }]),
    'messages: text content blocks must contain non-whitespace text',
  ],
  ['an empty turn', says([{ role: 'user', content: [] }]), 'messages.0: all messages must have non-empty content'],
  [
    'an assistant first',
    says([{ role: 'assistant', content: 'x' }, user]),
    'messages: first message must use the "user" role',
  ],
  [
    'a prefill with a space at its end',
    says([user, { role: 'assistant', content: 'x ' }]),
    'messages: final assistant content cannot end with trailing whitespace',
  ],
  [
    'a prefill for a model that takes none',
    message('claude-opus-4-7', { messages: [user, { role: 'assistant', content: 'x' }] }),
    'This model does not support assistant message prefill.',
  ],
  [
    'a system turn for a model that takes none',
    message('claude-haiku-4-5', { messages: [user, { role: 'system', content: 'x' }] }),
    "messages.1: role 'system' is not supported on this model",
  ],
  [
    'a result without a call',
    says([{ role: 'user', content: [result('x')] }]),
    'messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: x.',
  ],
  [
    'a call without a result',
    says([user, { role: 'assistant', content: [use('x')] }, user]),
    'messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: x.',
  ],
  [
    'a result after other content',
    says([
      user,
      { role: 'assistant', content: [use('x')] },
      { role: 'user', content: [{ type: 'text', text: 'y' }, result('x')] },
    ]),
    'messages.1: `tool_use` ids were found without',
  ],
  [
    'an id used twice',
    says([user, { role: 'assistant', content: [use('x'), use('x')] }, { role: 'user', content: [result('x')] }]),
    'messages.1: `tool_use` ids must be unique',
  ],
  [
    'an id with a dot',
    says([user, { role: 'assistant', content: [use('x.1')] }, { role: 'user', content: [result('x.1')] }]),
    "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
  ],
  [
    'tool_choice without tools',
    message('echo', { tool_choice: { type: 'auto' } }),
    'tool_choice: tool_choice may only be specified while providing tools.',
  ],
  [
    'a choice of a tool that is not offered',
    message('echo', { tools: [TOOL], tool_choice: { type: 'tool', name: 'b' } }),
    "Tool 'b' not found in provided tools",
  ],
  [
    'a tool name with a space',
    message('echo', { tools: [{ ...TOOL, name: 'a b' }] }),
    'tools.0.custom.name: String should match pattern',
  ],
  ['two tools of one name', message('echo', { tools: [TOOL, TOOL] }), 'tools: Tool names must be unique.'],
  [
    'a tool of lists',
    message('echo', { tools: [{ name: 'a', input_schema: { type: 'array' } }] }),
    'tools.0.custom.input_schema.type',
  ],
  [
    'a small thinking budget',
    message('echo', { thinking: { type: 'enabled', budget_tokens: 500 } }),
    'thinking.budget_tokens: Input should be greater than or equal to 1024',
  ],
  [
    'max_tokens below the budget',
    message('echo', { thinking: THINKING }),
    '`max_tokens` must be greater than `thinking.budget_tokens`.',
  ],
  [
    'thinking with a temperature',
    message('echo', { max_tokens: 4_000, thinking: THINKING, temperature: 0 }),
    '`temperature` may only be set to 1 when thinking is enabled.',
  ],
  [
    'thinking with a forced tool',
    message('echo', { max_tokens: 4_000, thinking: THINKING, tools: [TOOL], tool_choice: { type: 'any' } }),
    'Thinking may not be enabled when tool_choice forces tool use.',
  ],
  [
    'a budget for a model that has none',
    message('claude-opus-4-7', { max_tokens: 4_000, thinking: THINKING }),
    '"thinking.type.enabled" is not supported for this model.',
  ],
  [
    'adaptive thinking for an old model',
    message('claude-haiku-4-5', { thinking: { type: 'adaptive' } }),
    "thinking: Input tag 'adaptive' found",
  ],
  [
    'a temperature for a new model',
    message('claude-opus-4-7', { temperature: 1 }),
    '`temperature` is deprecated for this model.',
  ],
  [
    'more tokens than the model has',
    message('claude-haiku-4-5', { max_tokens: 64_001 }),
    'max_tokens: 64001 > 64000, which is the maximum allowed',
  ],
  [
    'thinking that is not signed',
    says([
      user,
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'x', signature: 'c2ln' },
          { type: 'text', text: 'y' },
        ],
      },
      user,
    ]),
    'messages.1.content.0: Invalid `signature` in `thinking` block',
  ],
  [
    'redacted thinking of another',
    says([
      user,
      {
        role: 'assistant',
        content: [
          { type: 'redacted_thinking', data: 'x' },
          { type: 'text', text: 'y' },
        ],
      },
      user,
    ]),
    'messages.1.content.0: Invalid `data` in `redacted_thinking` block',
  ],
  [
    'a call without its thinking',
    says([user, { role: 'assistant', content: [use('x')] }, { role: 'user', content: [result('x')] }], {
      max_tokens: 4_000,
      thinking: THINKING,
    }),
    'messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`.',
  ],
  [
    'five cache marks',
    message('echo', { system: Array.from({ length: 5 }, () => ({ type: 'text', text: 'x', cache_control: MARK })) }),
    'A maximum of 4 blocks with cache_control may be provided. Found 5.',
  ],
  [
    'a long mark after a short one',
    message('echo', {
      system: [
        { type: 'text', text: 'x', cache_control: MARK },
        { type: 'text', text: 'y', cache_control: { ...MARK, ttl: '1h' } },
      ],
    }),
    "a ttl='1h' cache_control block must not come after",
  ],
  [
    'a schema with open objects',
    message('echo', { output_config: { format: { type: 'json_schema', schema: { type: 'object', properties: {} } } } }),
    "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
  ],
  [
    'an image in another alphabet',
    says([
      { role: 'user', content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: '%%%%' } }] },
    ]),
    'messages.0.content.0.image.source.base64: invalid base64 data',
  ],
  [
    'an image type that is none',
    says([
      { role: 'user', content: [{ type: 'image', source: { type: 'base64', media_type: 'image/bmp', data: 'AAAA' } }] },
    ]),
    'messages.0.content.0.source.media_type',
  ],
] as const;

describe('what the Anthropic wire refuses', () => {
  it.for(INVALID)('is %s', async ([, body, words]) => {
    expect(await refusal(body)).toContain(`400 invalid_request_error: ${words}`);
  });

  it.for([
    ['sampling', message('echo', { temperature: 1 }), 'temperature: Extra inputs are not permitted'],
    [
      'a document from the assistant',
      says([
        user,
        {
          role: 'assistant',
          content: [{ type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'x' } }],
        },
        user,
      ]),
      'messages.1.content.0: `document` blocks',
    ],
    [
      'citations from the user',
      says([{ role: 'user', content: [{ type: 'text', text: 'x', citations: [{}] }] }]),
      'messages.0.content.0.text.citations: citations',
    ],
  ] as const)('under 2026-10-21 is %s, under 2023-06-01 not', async ([, body, words]) => {
    expect(await refusal(body, '2026-10-21')).toContain(`400 invalid_request_error: ${words}`);
    expect(await refusal(body, '2023-06-01')).toBe('200 : ');
  });

  it.for([
    ['no version', undefined, 'anthropic-version: header is required'],
    ['a version that is none', '2022-01-01', 'anthropic-version: "2022-01-01" is not a valid version.'],
  ] as const)('is %s', async ([, version, words]) => {
    const headers = { 'content-type': 'application/json', ...(version && { 'anthropic-version': version }) };
    const response = await fetch(`${simulator.url}${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(message('echo')),
    });
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining(JSON.stringify(words).slice(1, -1)),
    ]);
  });

  it.for([
    [{}, 401],
    [{ 'x-api-key': 'sk-wrong' }, 401],
    [{ authorization: 'Bearer sk-wrong' }, 401],
    [{ 'x-api-key': 'sk-wrong', authorization: `Bearer ${TEST_CREDENTIALS.anthropic.apiKey}` }, 401],
    [{ 'x-api-key': TEST_CREDENTIALS.anthropic.apiKey }, 200],
    [{ authorization: `Bearer ${TEST_CREDENTIALS.anthropic.apiKey}` }, 200],
  ] as const)('with checked keys, answers %j with %i', async ([headers, status]) => {
    const strict = await simulate({ checkKeys: true });
    expect((await post(strict, message('echo'), { path, headers })).status).toBe(status);
  });
});

it('counts the tokens of a prompt without an answer', async () => {
  const response = await post(simulator, { model: 'echo', messages: [user] }, { path: `${path}/count_tokens` });
  expect(await response.json()).toEqual({ input_tokens: 1 });
});
