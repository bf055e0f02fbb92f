import type { JsonObject } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { openAiChat } from './index.js';

const user = { role: 'user', content: 'hi' };
const CALL = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };
const body = (more: JsonObject = {}): JsonObject => ({ model: 'm', messages: [user], ...more });
const says = (...messages: readonly unknown[]): JsonObject => body({ messages });
const parse = (value: unknown) => openAiChat.parse(value);

describe('a request without its dialect', () => {
  const translate = (value: JsonObject) => parse(value).toRequest();

  it.for([
    [body({ n: 2 }), 'n'],
    [says({ role: 'user', content: [{ type: 'file', file: {} }] }), 'messages[0].content[0]'],
    [says(user, { role: 'function', name: 'f', content: 'x' }), 'messages[1]'],
  ])('refuses %o rather than dropping what it asks', ([value, param]) => {
    expect(() => translate(value as JsonObject)).toThrow(
      expect.objectContaining({ code: 'invalid_value', details: { param } }) as Error,
    );
  });

  it.for([
    [{ response_format: { type: 'text' } }, { responseFormat: { type: 'text' } }],
    [
      { response_format: { type: 'json_schema', json_schema: { name: 'a', description: 'b' } } },
      { responseFormat: { name: 'a', description: 'b', schema: {} } },
    ],
    [{ tool_choice: 'none' }, { toolChoice: { type: 'none' } }],
  ] as const)('says %j as %j', ([fields, expected]) => {
    expect(translate(body(fields))).toMatchObject(expected);
  });

  it.for<readonly [JsonObject, JsonObject | undefined]>([
    [
      { reasoning: { effort: 'high', max_tokens: 5, summary: 'auto' } },
      { effort: 'high', budgetTokens: 5, summary: 'auto' },
    ],
    [{ reasoning: { enabled: true, exclude: true } }, { effort: 'medium', summary: 'none' }],
    [{ reasoning: { enabled: false } }, { effort: 'none' }],
    [{ reasoning: {} }, undefined],
    [{ reasoning_effort: 'low', reasoning: { effort: 'high' } }, { effort: 'low' }],
    [{ thinking: { type: 'enabled', budget_tokens: 7 } }, { budgetTokens: 7 }],
    [{ thinking: { type: 'disabled' } }, { effort: 'none' }],
    [{ enable_thinking: true }, { effort: 'medium' }],
    [{ enable_thinking: true, thinking_budget: 7 }, { budgetTokens: 7 }],
  ])('reads the wish to reason in %j', ([fields, reasoning]) => {
    expect(translate(body(fields)).reasoning).toEqual(reasoning);
  });

  it('offers the tools that a choice allows, and says that it is emulated', () => {
    const tool = (name: string) => ({ type: 'function', function: { name } });
    const choice = { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [tool('b')] } };
    const call = parse(body({ tools: [tool('a'), tool('b')], tool_choice: choice }));
    expect([call.toRequest(), call.adjustments]).toMatchObject([
      { tools: [{ name: 'b' }], toolChoice: { type: 'required' } },
      [{ parameter: 'tool_choice', action: 'emulated' }],
    ]);
  });

  it('says that an image is not looked at in its original size', () => {
    const image = { type: 'image_url', image_url: { url: 'https://a.example/x', detail: 'original' } };
    expect(parse(says({ role: 'user', content: [image] })).adjustments).toEqual([
      { parameter: 'image_url.detail', action: 'changed' },
    ]);
  });

  it('keeps a video for who can see it', () => {
    const video = { type: 'video_url', video_url: { url: 'https://a.example/x' } };
    expect(translate(says({ role: 'user', content: [video] })).messages[0]?.content).toEqual([
      { type: 'vendor', state: { kind: 'openai-chat', data: video } },
    ]);
  });

  it('takes the address of a file also where an id should stand', () => {
    const file = { type: 'file', file: { file_id: 'https://a.example/b.pdf' } };
    expect(translate(says({ role: 'user', content: [file] })).messages[0]?.content).toEqual([
      { type: 'file', source: { kind: 'url', url: 'https://a.example/b.pdf' } },
    ]);
  });

  it.for([-1, 0])('takes a top_k of %i for none', (top_k) => {
    expect(translate(body({ top_k }))).not.toHaveProperty('topK');
  });

  it('has no empty text where an assistant only called tools', () => {
    const [message] = translate(says({ role: 'assistant', content: '', refusal: 'no', tool_calls: [CALL] })).messages;
    expect(message?.content.map(({ type }) => type)).toEqual(['refusal', 'tool-call']);
  });
});
