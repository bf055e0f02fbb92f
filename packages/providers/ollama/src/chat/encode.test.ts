import type { ChatRequest, Message, ReasoningEffort, ToolChoice } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { encodeChat } from './encode.js';

const HI: Message = { role: 'user', content: [{ type: 'text', text: 'Hi' }] };
const TOOLS = [
  { name: 'look', schema: { type: 'object' } },
  { name: 'leave', schema: { type: 'object' } },
];
const TARGET = { provider: 'local', model: 'library/qwen3:0.6b', baseUrl: new URL('http://127.0.0.1:11434') };

function encode(part: Partial<ChatRequest>) {
  const { request, adjustments } = encodeChat({ messages: [HI], stream: false, ...part }, TARGET, {});
  const text = String(request.body);
  return {
    text,
    url: request.url.href,
    body: JSON.parse(text) as Record<string, unknown>,
    names: adjustments.map(({ parameter, action }) => `${parameter} ${action}`),
  };
}

it('goes to the native API, the name of the model with its tag as it is', () => {
  const { url, body } = encode({});
  expect([url, body.model]).toEqual(['http://127.0.0.1:11434/api/chat', 'library/qwen3:0.6b']);
});

it('says no more than it was asked', () => {
  expect(Object.keys(encode({}).body)).toEqual(['model', 'messages', 'truncate', 'stream']);
});

describe('arguments of tool calls', () => {
  const called = (json: string): Message => ({
    role: 'assistant',
    content: [{ type: 'tool-call', id: 'c', name: 'look', json }],
  });

  it('stay as the model wrote them, to the byte', () => {
    const json = '{"2": 1.50e1, "1":12345678901234567890, "a":"\\u00e9"}';
    expect(encode({ messages: [called(json)] }).text).toContain(`"arguments":${json}`);
  });

  it.each([
    ['', {}],
    ['  ', {}],
    ['[1]', { INVALID_JSON: '[1]' }],
    ['null', { INVALID_JSON: 'null' }],
    ['{"a":', { INVALID_JSON: '{"a":' }],
  ])('written as %j become the object %j', (json, written) => {
    expect(encode({ messages: [called(json)] }).body.messages).toMatchObject([
      { tool_calls: [{ function: { arguments: written } }] },
    ]);
  });
});

it('names the tool of a result after the latest call of that id', () => {
  const call = (name: string): Message => ({
    role: 'assistant',
    content: [{ type: 'tool-call', id: 'c', name, json: '{}' }],
  });
  const result: Message = { role: 'tool', callId: 'c', content: [{ type: 'text', text: 'ok' }] };
  expect(encode({ messages: [call('look'), result, call('leave'), result] }).body.messages).toMatchObject([
    {},
    { tool_name: 'look' },
    {},
    { tool_name: 'leave' },
  ]);
});

describe('the choice of a tool', () => {
  it.each<[ToolChoice, readonly string[] | undefined, readonly string[]]>([
    [{ type: 'auto' }, ['look', 'leave'], []],
    [{ type: 'none' }, undefined, ['tool_choice emulated']],
    [{ type: 'required' }, ['look', 'leave'], ['tool_choice dropped']],
    [{ type: 'tool', name: 'leave' }, ['leave'], ['tool_choice changed']],
  ])('%j shows the model %j', (toolChoice, shown, names) => {
    const sent = encode({ tools: TOOLS, toolChoice });
    const tools = sent.body.tools as readonly { readonly function: { readonly name: string } }[] | undefined;
    expect([tools?.map(({ function: { name } }) => name), sent.names]).toEqual([shown, names]);
  });

  it('without tools is a loss only where one was to be called', () => {
    expect([
      encode({ toolChoice: { type: 'none' } }).names,
      encode({ toolChoice: { type: 'required' } }).names,
    ]).toEqual([[], ['tool_choice dropped']]);
  });

  it('of a tool that is not there is refused', () => {
    expect(() => encode({ tools: TOOLS, toolChoice: { type: 'tool', name: 'fly' } })).toThrow(
      expect.objectContaining({ code: 'invalid_value', details: { param: 'tool_choice' } }),
    );
  });
});

describe('thinking', () => {
  it.each<[ReasoningEffort | undefined, unknown, readonly string[]]>([
    ['none', false, []],
    ['minimal', 'low', ['reasoning changed']],
    ['low', 'low', []],
    ['medium', 'medium', []],
    ['max', 'max', []],
    [undefined, true, []],
  ])('with the effort %s is asked for as %j', (effort, think, names) => {
    const sent = encode({ reasoning: effort === undefined ? {} : { effort } });
    expect([sent.body.think, sent.names]).toEqual([think, names]);
  });

  it('is left to the model where nobody asks', () => {
    expect(encode({}).body).not.toHaveProperty('think');
  });
});

describe('JSON', () => {
  it('of any shape is asked for by its name', () => {
    expect(encode({ responseFormat: { type: 'json' } }).body.format).toBe('json');
  });

  it('is not asked for where text is', () => {
    expect(encode({ responseFormat: { type: 'text' } }).body).not.toHaveProperty('format');
  });
});

describe('what cannot be sent is refused', () => {
  const image = (source: object) => ({ role: 'user', content: [{ type: 'image', source }] }) as Message;

  it.each([
    ['an image by its URL', image({ kind: 'url', url: 'https://example.com/a.png' })],
    ['an image in a data URL without base64', image({ kind: 'url', url: 'data:image/svg+xml,<svg/>' })],
    ['an image of another vendor', image({ kind: 'stored', state: { kind: 'openai-responses', data: 'file-1' } })],
    ['a file', { role: 'user', content: [{ type: 'file', source: { kind: 'url', url: 'https://example.com' } }] }],
    ['a vendor part', { role: 'assistant', content: [{ type: 'vendor', state: { kind: 'x', data: 1 } }] }],
    ['sound without words', { role: 'assistant', content: [{ type: 'audio', format: 'wav', base64: '' }] }],
  ] as [string, Message][])('%s', (_, message) => {
    expect(() => encode({ messages: [message] })).toThrow(
      expect.objectContaining({ code: 'invalid_value', details: { param: 'messages' } }),
    );
  });
});

describe("the server's own fields", () => {
  const own = (fields: Record<string, unknown>) => encode({ extensions: { dialect: 'openai-chat', fields } });

  it('go on, beside the options of the request', () => {
    const { body } = encode({ topK: 5, extensions: { dialect: 'x', fields: { options: { num_ctx: 9, top_k: 1 } } } });
    expect(body.options).toEqual({ num_ctx: 9, top_k: 5 });
  });

  it('never replace what the request says itself', () => {
    const { body, names } = own({ stream: true, model: 'other' });
    expect([body.stream, body.model, names]).toEqual([false, TARGET.model, ['stream dropped', 'model dropped']]);
  });

  it('are dropped where they have no form', () => {
    const { body, names } = own({ options: 7 });
    expect([body.options, names]).toEqual([undefined, ['options dropped']]);
  });

  it('may allow that a prompt is cut, which it is not otherwise', () => {
    expect([own({ truncate: true }).body.truncate, own({}).body.truncate]).toEqual([true, false]);
  });
});
