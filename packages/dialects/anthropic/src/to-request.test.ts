import type { JsonObject } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { toRequest } from './to-request.js';

const HI = { role: 'user', content: 'Hi' };
const bodyWith = (fields: JsonObject): JsonObject => ({ model: 'fast', max_tokens: 16, messages: [HI], ...fields });
const turn = (role: string, block: unknown): JsonObject => bodyWith({ messages: [{ role, content: [block] }] });

describe('what no chat request has a place for', () => {
  it.each<[JsonObject, string]>([
    [turn('user', { type: 'document', source: {} }), 'messages.0.content.0.type'],
    [turn('user', { type: 'constructor' }), 'messages.0.content.0.type'],
    [turn('assistant', { type: 'server_tool_use', id: 's', name: 'n', input: {} }), 'messages.0.content.0.type'],
    [turn('assistant', { type: 'constructor' }), 'messages.0.content.0.type'],
    [turn('system', { type: 'image', source: {} }), 'messages.0.content.0.type'],
    [turn('user', { type: 'image', source: { type: 'file', file_id: 'f' } }), 'messages.0.content.0.source.type'],
    [
      turn('user', { type: 'tool_result', tool_use_id: 't', content: [{ type: 'search_result' }] }),
      'messages.0.content.0.content.0.type',
    ],
    [bodyWith({ tools: [{ type: 'web_search_20260318', name: 'web_search' }] }), 'tools.0.type'],
  ])('is refused by name in %j', (body, param) => {
    expect(() => toRequest(body)).toThrow(expect.objectContaining({ code: 'invalid_value', details: { param } }));
  });
});

describe('marks for the prompt cache', () => {
  const mark = { type: 'ephemeral', ttl: '1h' };

  it('on a block become one for the whole prompt', () => {
    const request = toRequest(turn('user', { type: 'text', text: 'Hi', cache_control: mark }));
    expect(request.extensions?.fields).toEqual({ cache_control: mark });
  });

  it('give way to one that stands at the top', () => {
    const message = { role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: mark }] };
    const request = toRequest(bodyWith({ cache_control: { type: 'ephemeral' }, messages: [message] }));
    expect(request.extensions?.fields).toEqual({ cache_control: { type: 'ephemeral' } });
  });
});

describe('reasoning', () => {
  it.each<[JsonObject, unknown]>([
    [{}, undefined],
    [{ thinking: { type: 'disabled' }, output_config: { effort: 'high' } }, { effort: 'none' }],
    [{ thinking: { type: 'adaptive' } }, {}],
    [{ output_config: { effort: 'max' } }, { effort: 'max' }],
    [{ thinking: { type: 'enabled', budget_tokens: 2_048 } }, { budgetTokens: 2_048 }],
  ])('of %j is %j', (fields, reasoning) => {
    expect(toRequest(bodyWith(fields)).reasoning).toEqual(reasoning);
  });

  it('between tools only is reported as lost', () => {
    const request = toRequest(bodyWith({ thinking: { type: 'between_tools' } }));
    expect(request.extensions?.fields).toEqual({ 'thinking.type': 'between_tools' });
  });
});

describe('the choice of tools', () => {
  it.each([
    [{ type: 'auto' }, { type: 'auto' }],
    [{ type: 'any' }, { type: 'required' }],
    [{ type: 'none' }, { type: 'none' }],
  ])('%j is %j', (choice, toolChoice) => {
    expect(toRequest(bodyWith({ tool_choice: choice })).toolChoice).toEqual(toolChoice);
  });
});

it('keeps what the user says before, between and after results in its order', () => {
  const result = (id: string) => ({ type: 'tool_result', tool_use_id: id, content: 'ok' });
  const text = { type: 'text', text: 'x' };
  const content = [text, result('a'), text, result('b'), text];
  const { messages } = toRequest(bodyWith({ messages: [{ role: 'user', content }] }));
  expect(messages.map(({ role }) => role)).toEqual(['user', 'tool', 'user', 'tool', 'user']);
});

it('makes no message of an empty system prompt', () => {
  expect(toRequest(bodyWith({ system: '' })).messages).toHaveLength(1);
});
