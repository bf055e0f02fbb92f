import { describe, expect, it } from 'vitest';
import { post, simulateForFile } from '../../testing/client.js';

const simulator = await simulateForFile();
const user = { role: 'user', content: [{ text: 'Hi' }] };
const use = { role: 'assistant', content: [{ toolUse: { toolUseId: 'x', name: 'a', input: {} } }] };
const result = { role: 'user', content: [{ toolResult: { toolUseId: 'x', content: [{ text: 'ok' }] } }] };
const toolConfig = { tools: [{ toolSpec: { name: 'a', inputSchema: { json: { type: 'object' } } } }] };
const says = (messages: readonly object[], extra: object = {}) => ({ messages, ...extra });
const thinking = (value: object, extra: object = {}) =>
  says([user], { additionalModelRequestFields: { thinking: value }, ...extra });

async function refusal(body: unknown, model = 'echo'): Promise<string> {
  const response = await post(simulator, body, { path: `/model/${encodeURIComponent(model)}/converse` });
  const type = response.headers.get('x-amzn-errortype')?.split(':')[0] ?? '';
  const { message = '' } = (await response.json()) as { message?: string };
  return `${response.status} ${type}: ${message}`;
}

describe('what the Bedrock wire refuses', () => {
  it.for([
    [
      'a temperature of text',
      says([user], { inferenceConfig: { temperature: 'hot' } }),
      'SerializationException: STRING_VALUE can not be converted to a Float',
    ],
    [
      'a temperature of 2',
      says([user], { inferenceConfig: { temperature: 2 } }),
      "ValidationException: 1 validation error detected: Value '2' at 'inferenceConfig.temperature' failed to satisfy constraint: Member must have value less than or equal to 1",
    ],
    [
      'a limit of 0',
      says([user], { inferenceConfig: { maxTokens: 0 } }),
      "ValidationException: 1 validation error detected: Value '0' at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      'a role that is none',
      says([{ role: 'system', content: [] }]),
      "ValidationException: 1 validation error detected: Value 'system' at 'messages.1.member.role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant]",
    ],
    [
      'a message without content',
      says([{ role: 'user' }]),
      "ValidationException: 1 validation error detected: Value null at 'messages.1.member.content' failed to satisfy constraint: Member must not be null",
    ],
    ['text for content', says([{ role: 'user', content: 'Hi' }]), 'SerializationException: Unexpected token'],
    [
      'an assistant first',
      says([{ role: 'assistant', content: [{ text: 'x' }] }]),
      'ValidationException: A conversation must start with a user message.',
    ],
    [
      'two turns of one role',
      says([user, user]),
      'ValidationException: A conversation must alternate between user and assistant roles.',
    ],
    [
      'an empty turn',
      says([{ role: 'user', content: [] }]),
      'ValidationException: The content field in the Message object at messages.0 is empty.',
    ],
    [
      'a blank text',
      says([{ role: 'user', content: [{ text: ' ' }] }]),
      'ValidationException: The text field in the ContentBlock object at messages.0.content.0 is blank.',
    ],
    [
      'a block of two kinds',
      says([{ role: 'user', content: [{ text: 'x', cachePoint: { type: 'default' } }] }]),
      'ValidationException: The ContentBlock object at messages.0.content.0 must set one of its fields.',
    ],
    [
      'a document name with a dot',
      says([
        {
          role: 'user',
          content: [{ text: 'x' }, { document: { format: 'pdf', name: 'a.pdf', source: { bytes: 'AA==' } } }],
        },
      ]),
      'ValidationException: The document file name can only contain',
    ],
    [
      'a document alone',
      says([{ role: 'user', content: [{ document: { format: 'pdf', name: 'a', source: { bytes: 'AA==' } } }] }]),
      'ValidationException: A text content block must accompany a document.',
    ],
    [
      'tool blocks without tools',
      says([user, use, result]),
      'ValidationException: The toolConfig field must be defined when using toolUse and toolResult content blocks.',
    ],
    [
      'a call without a result',
      says([user, use, user], { toolConfig }),
      'ValidationException: Expected toolResult blocks at messages.2.content for the following Ids: x',
    ],
    [
      'a call at the end',
      says([user, use], { toolConfig }),
      'ValidationException: Expected toolResult blocks at messages.2.content for the following Ids: x',
    ],
    [
      'a result without a call',
      says([result], { toolConfig }),
      'ValidationException: The number of toolResult blocks at messages.0.content exceeds',
    ],
    [
      'a call twice',
      says([user, { role: 'assistant', content: [...use.content, ...use.content] }, result], { toolConfig }),
      'ValidationException: The toolUse blocks at messages.1.content contain duplicate Ids',
    ],
    [
      'no tools',
      says([user], { toolConfig: { tools: [] } }),
      "ValidationException: 1 validation error detected: Value '[]' at 'toolConfig.tools'",
    ],
    [
      'a tool name with a space',
      says([user], { toolConfig: { tools: [{ toolSpec: { name: 'a b', inputSchema: { json: {} } } }] } }),
      "ValidationException: 1 validation error detected: Value 'a b' at 'toolConfig.tools.1.member.toolSpec.name'",
    ],
    [
      'a choice of a tool that is not there',
      says([user], { toolConfig: { ...toolConfig, toolChoice: { tool: { name: 'b' } } } }),
      'ValidationException: The tool b in toolConfig.toolChoice',
    ],
    [
      'reasoning that it did not sign',
      says([
        user,
        {
          role: 'assistant',
          content: [{ reasoningContent: { reasoningText: { text: 'x', signature: 'c2ln' } } }, { text: 'y' }],
        },
        user,
      ]),
      'ValidationException: The model returned the following errors: messages.1.content.0: Invalid `signature`',
    ],
    [
      'redacted reasoning of another',
      says([
        user,
        { role: 'assistant', content: [{ reasoningContent: { redactedContent: 'AA==' } }, { text: 'y' }] },
        user,
      ]),
      'ValidationException: The model returned the following errors: messages.1.content.0: Invalid `data`',
    ],
    [
      'a small thinking budget',
      thinking({ type: 'enabled', budget_tokens: 5 }),
      'ValidationException: The model returned the following errors: thinking.enabled.budget_tokens',
    ],
    [
      'a budget over the limit',
      thinking({ type: 'enabled', budget_tokens: 2_000 }, { inferenceConfig: { maxTokens: 1_000 } }),
      'ValidationException: The model returned the following errors: `max_tokens` must be greater',
    ],
  ] as const)('is %s', async ([, body, words]) => {
    expect(await refusal(body)).toContain(`400 ${words}`);
  });

  it.for([
    [
      'anthropic.claude-opus-4-7',
      says([user], { inferenceConfig: { temperature: 1 } }),
      '`temperature` is deprecated for this model.',
    ],
    [
      'anthropic.claude-opus-4-7',
      says([user], { inferenceConfig: { topP: 1 } }),
      '`top_p` is deprecated for this model.',
    ],
    [
      'anthropic.claude-opus-4-7',
      thinking({ type: 'enabled', budget_tokens: 2_000 }),
      '"thinking.type.enabled" is not supported for this model.',
    ],
    [
      'anthropic.claude-opus-4-7',
      says([user, { role: 'assistant', content: [{ text: 'x' }] }]),
      'This model does not support assistant message prefill.',
    ],
    [
      'anthropic.claude-haiku-4-5-20251001-v1:0',
      thinking({ type: 'adaptive' }),
      "thinking: Input tag 'adaptive' found",
    ],
    [
      'amazon.nova-lite-v1:0',
      says([user], { inferenceConfig: { maxTokens: 10_001 } }),
      'The maximum tokens you requested exceeds the model limit of 10000.',
    ],
    ['nothing.none', says([user]), 'The provided model identifier is invalid.'],
  ] as const)('of %s is %j', async ([model, body, words]) => {
    expect(await refusal(body, model)).toContain(words);
  });

  it('is no field that it does not know', async () => {
    expect(await refusal(says([user], { nonsense: 1 }))).toMatch(/^200/);
  });

  it.for([
    ['amazon.titan-embed-text-v2:0', { inputText: 'a', nonsense: 1 }, 'extraneous key [nonsense] is not permitted'],
    ['amazon.titan-embed-text-v2:0', { inputText: 'a', dimensions: 100 }, 'enum value set: [256, 512, 1024]'],
    ['amazon.titan-embed-text-v2:0', { inputText: '' }, "at 'inputText'"],
    ['cohere.embed-english-v3', { texts: ['a'] }, "Value null at 'input_type'"],
  ] as const)('embedding with %s is %j', async ([model, body, words]) => {
    const response = await post(simulator, body, { path: `/model/${model}/invoke` });
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(words)]);
  });

  it('embeds as Cohere does', async () => {
    const body = { texts: ['a', 'b'], input_type: 'search_query' };
    const response = await post(simulator, body, { path: '/model/cohere.embed-english-v3/invoke' });
    expect(((await response.json()) as { embeddings: number[][] }).embeddings.map(({ length }) => length)).toEqual([
      1_024, 1_024,
    ]);
  });
});
