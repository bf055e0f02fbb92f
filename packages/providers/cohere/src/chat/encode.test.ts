import type { ChatRequest, Message, ReasoningEffort, ToolChoice, ToolDefinition } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { encodeChat } from './encode.js';

const HI: Message = { role: 'user', content: [{ type: 'text', text: 'Hi' }] };
const STRICT: ToolDefinition = { name: 'look', schema: { type: 'object', required: ['a'] }, strict: true };
const LOOSE: ToolDefinition = { name: 'leave', schema: { type: 'object' } };

function encode(part: Partial<ChatRequest>, model = 'command-a-plus-05-2026') {
  const target = { provider: 'co', model, baseUrl: new URL('https://api.cohere.com') };
  const { request, adjustments } = encodeChat({ messages: [HI], stream: false, ...part }, target, {});
  return {
    body: JSON.parse(String(request.body)) as Record<string, unknown>,
    names: adjustments.map(({ parameter, action }) => `${parameter} ${action}`),
  };
}

it('says no more than it was asked', () => {
  expect(Object.keys(encode({}).body)).toEqual(['model', 'messages']);
});

describe('sampling', () => {
  it('stays as it was asked within what the vendor takes', () => {
    const asked = { temperature: 0, topP: 0.01, topK: 500, seed: 0, presencePenalty: 1 };
    const { body, names } = encode(asked);
    expect([body, names]).toMatchObject([{ temperature: 0, p: 0.01, k: 500, seed: 0, presence_penalty: 1 }, []]);
  });

  it('comes as near as the vendor takes it', () => {
    const { body, names } = encode({ temperature: 2, topP: 1, topK: 501, frequencyPenalty: -0.5 });
    expect([body.temperature, body.p, body.k, body.frequency_penalty, names]).toEqual([
      1,
      0.99,
      500,
      undefined,
      ['temperature changed', 'top_p changed', 'top_k changed', 'frequency_penalty changed'],
    ]);
  });

  it('keeps one of two penalties', () => {
    const { body, names } = encode({ frequencyPenalty: 0.5, presencePenalty: 0.4 });
    expect([body.frequency_penalty, body.presence_penalty, names]).toEqual([
      0.5,
      undefined,
      ['presence_penalty dropped'],
    ]);
  });

  it('loses nothing with a penalty of nothing', () => {
    const { body, names } = encode({ frequencyPenalty: 0, presencePenalty: 0.4 });
    expect([body.frequency_penalty, body.presence_penalty, names]).toEqual([undefined, 0.4, []]);
  });
});

describe('thinking', () => {
  it.each<[ChatRequest['reasoning'], number | undefined, unknown]>([
    [{ effort: 'none' }, undefined, { type: 'disabled' }],
    [{ effort: 'low' }, undefined, { type: 'enabled', token_budget: 2_048 }],
    [{ effort: 'high' }, 2_000, { type: 'enabled', token_budget: 1_000 }],
    [{ effort: 'high' }, 1, { type: 'enabled', token_budget: 1 }],
    [{ effort: 'max' }, 2_000, { type: 'enabled' }],
    [{}, undefined, { type: 'enabled' }],
    [{ budgetTokens: 500, effort: 'high' }, 100, { type: 'enabled', token_budget: 500 }],
    [{ budgetTokens: 0 }, undefined, { type: 'disabled' }],
  ])('for %j with a limit of %s is %j', (reasoning, maxOutputTokens, thinking) => {
    const limit = maxOutputTokens === undefined ? {} : { maxOutputTokens };
    const { body, names } = encode({ ...(reasoning ? { reasoning } : {}), ...limit });
    expect([body.thinking, names]).toEqual([thinking, []]);
  });

  it.each([
    'command-r-plus-08-2024',
    'command-r7b-12-2024',
    'command-a-03-2025',
    'command-a-vision-07-2025',
    'c4ai-aya-expanse-32b',
  ])('is not asked of %s', (model) => {
    const asked = encode({ reasoning: { effort: 'low' } }, model);
    const unasked = encode({ reasoning: { effort: 'none' } }, model);
    expect([asked.body.thinking, asked.names, unasked.body.thinking, unasked.names]).toEqual([
      undefined,
      ['reasoning dropped'],
      undefined,
      [],
    ]);
  });

  it.each<[string, ReasoningEffort]>([
    ['command-a-reasoning-08-2025', 'medium'],
    ['command-b-2027', 'medium'],
  ])('is asked of %s', (model, effort) => {
    expect(encode({ reasoning: { effort } }, model).body.thinking).toEqual({ type: 'enabled', token_budget: 8_192 });
  });
});

describe('tools', () => {
  it.for<[ToolChoice, unknown, readonly string[], readonly string[]]>([
    [{ type: 'auto' }, undefined, ['look', 'leave'], []],
    [{ type: 'none' }, 'NONE', ['look', 'leave'], []],
    [{ type: 'required' }, 'REQUIRED', ['look', 'leave'], []],
    [{ type: 'tool', name: 'leave' }, 'REQUIRED', ['leave'], ['tool_choice emulated']],
  ])('with the choice %j go with %j', ([toolChoice, written, shown, names]) => {
    const sent = encode({ tools: [{ ...STRICT, strict: false }, LOOSE], toolChoice });
    const tools = sent.body.tools as readonly { readonly function: { readonly name: string } }[];
    expect([sent.body.tool_choice, tools.map(({ function: { name } }) => name), sent.names]).toEqual([
      written,
      shown,
      names,
    ]);
  });

  it.each<[readonly ToolDefinition[], true | undefined, readonly string[]]>([
    [[STRICT], true, []],
    [[STRICT, LOOSE], undefined, ['tools.strict dropped']],
    [[{ ...STRICT, schema: { type: 'object', required: [] } }], undefined, ['tools.strict dropped']],
    [[LOOSE], undefined, []],
  ])('%j are strict together or not at all', (tools, strict, names) => {
    const sent = encode({ tools });
    expect([sent.body.strict_tools, sent.names]).toEqual([strict, names]);
  });

  it('that are not there cannot be chosen', () => {
    expect(() => encode({ tools: [LOOSE], toolChoice: { type: 'tool', name: 'fly' } })).toThrow(
      expect.objectContaining({ code: 'invalid_value', details: { param: 'tool_choice' } }),
    );
  });

  it('leave no choice behind where there are none', () => {
    expect(encode({ toolChoice: { type: 'required' } }).names).toEqual(['tool_choice dropped']);
  });
});

describe('JSON', () => {
  it('of any shape is asked for', () => {
    expect(encode({ responseFormat: { type: 'json' } }).body.response_format).toEqual({ type: 'json_object' });
  });

  it.each<Partial<ChatRequest>>([
    { tools: [LOOSE] },
    { extensions: { dialect: 'openai-chat', fields: { documents: ['a'] } } },
  ])('is not asked for beside %j', (part) => {
    const sent = encode({ responseFormat: { type: 'json-schema', name: 'n', schema: {}, description: 'd' }, ...part });
    expect([sent.body.response_format, sent.names]).toEqual([undefined, ['response_format dropped']]);
  });

  it('is no loss where text was asked for', () => {
    expect(encode({ responseFormat: { type: 'text' }, tools: [LOOSE] }).names).toEqual([]);
  });
});

describe('the conversation', () => {
  const assistant = (...content: Extract<Message, { role: 'assistant' }>['content']): Message => ({
    role: 'assistant',
    content,
  });
  const sent = (...messages: readonly Message[]) => encode({ messages }).body.messages;

  it('begins with all instructions in one message', () => {
    const system = (text: string): Message => ({ role: 'system', content: [{ type: 'text', text }] });
    expect(sent(system('a'), system('b'), HI)).toEqual([
      {
        role: 'system',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      { role: 'user', content: 'Hi' },
    ]);
  });

  it("takes another vendor's reasoning before calls for a plan", () => {
    const call = { type: 'tool-call', id: 'c', name: 'look', json: '{"a":1}' } as const;
    expect(sent(assistant({ type: 'reasoning', text: 'First.' }, call))).toMatchObject([
      { tool_plan: 'First.', tool_calls: [{ id: 'c', function: { arguments: '{"a":1}' } }] },
    ]);
  });

  it('keeps thinking before calls where it was thinking', () => {
    const opaque = { kind: 'cohere-chat', data: { field: 'thinking' } };
    const call = { type: 'tool-call', id: 'c', name: 'look', json: '{}' } as const;
    const [message] = sent(assistant({ type: 'reasoning', text: 'First.', opaque }, call)) as readonly object[];
    expect(message).toMatchObject({ content: [{ type: 'thinking', thinking: 'First.' }] });
    expect(message).not.toHaveProperty('tool_plan');
  });

  it('has something to say in every turn', () => {
    expect(sent(assistant())).toEqual([{ role: 'assistant', content: '' }]);
  });

  it.each<[string, Message]>([
    ['a file', { role: 'user', content: [{ type: 'file', source: { kind: 'url', url: 'https://example.com' } }] }],
    ['sound', { role: 'user', content: [{ type: 'audio', format: 'wav', base64: '' }] }],
    ['a picture of the assistant', assistant({ type: 'image', source: { kind: 'url', url: 'https://example.com' } })],
    ["another vendor's part", assistant({ type: 'vendor', state: { kind: 'x', data: 1 } })],
    ['sound without words', assistant({ type: 'audio', format: 'wav', base64: '' })],
  ])('with %s is refused', (_, message) => {
    expect(() => encode({ messages: [message] })).toThrow(
      expect.objectContaining({ code: 'invalid_value', details: { param: 'messages' } }),
    );
  });
});

it("takes the vendor's own fields, but never in place of what the request says itself", () => {
  const fields = { safety_mode: 'OFF', priority: 1, stream: true, k: 9 };
  const { body, names } = encode({ extensions: { dialect: 'anthropic-messages', fields } });
  expect([body.safety_mode, body.priority, body.stream, body.k, names]).toEqual([
    'OFF',
    1,
    undefined,
    undefined,
    ['stream dropped', 'k dropped'],
  ]);
});
