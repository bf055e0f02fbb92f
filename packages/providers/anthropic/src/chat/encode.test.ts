import type { ChatRequest, JsonObject, Message, ToolChoice } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { BUDGET_MODEL, HI, TOOL, encode, names } from './__fixtures__/sent.js';
import { encodeChat } from './encode.js';

describe('max_tokens', () => {
  it('is 4096 where the caller sets no limit', () => {
    expect(encode({}).body.max_tokens).toBe(4_096);
  });

  it('is no adjustment where it was added', () => {
    expect(encode({}).adjustments).toEqual([]);
  });
});

describe('sampling', () => {
  const asked = { temperature: 0.5, topP: 0.9, topK: 5 };

  it('is dropped under the version that refuses it', () => {
    expect(names(encode(asked, BUDGET_MODEL, '2026-10-21'))).toEqual([
      'temperature dropped',
      'top_p dropped',
      'top_k dropped',
    ]);
  });

  it.each(['claude-opus-4-7', 'claude-sonnet-5', 'claude-fable-5-2'])('is dropped for %s', (model) => {
    expect(encode(asked, model).body).not.toHaveProperty('temperature');
  });

  it.each([
    'claude-3-5-sonnet-20241022',
    'claude-opus-4-20250514',
    'claude-opus-4-1-20250805',
    'claude-sonnet-4-5',
    'claude-opus-4-6',
  ])('goes to %s, the temperature before top_p', (model) => {
    const { temperature, top_p: topP, top_k: topK } = encode(asked, model).body;
    expect([temperature, topP, topK]).toEqual([0.5, undefined, 5]);
  });

  it("goes whole to other makers' models", () => {
    expect(encode(asked, 'deepseek-chat').body).toMatchObject({ temperature: 0.5, top_p: 0.9, top_k: 5 });
  });

  it('keeps top_p where it comes alone', () => {
    expect(encode({ topP: 0.9 }).body.top_p).toBe(0.9);
  });

  it('gives way to thinking', () => {
    expect(names(encode({ temperature: 0.5, reasoning: { effort: 'low' } }))).toEqual(['temperature dropped']);
  });
});

describe('tools', () => {
  it.each<[ToolChoice | undefined, boolean | undefined, unknown]>([
    [undefined, undefined, undefined],
    [undefined, false, { type: 'auto', disable_parallel_tool_use: true }],
    [{ type: 'none' }, false, { type: 'none' }],
    [{ type: 'required' }, undefined, { type: 'any' }],
    [{ type: 'tool', name: 'look' }, false, { type: 'tool', name: 'look', disable_parallel_tool_use: true }],
  ])('writes the choice %j with parallel calls %j', (toolChoice, parallelToolCalls, written) => {
    const { body } = encode({
      tools: [TOOL],
      ...(toolChoice ? { toolChoice } : {}),
      ...(parallelToolCalls === undefined ? {} : { parallelToolCalls }),
    });
    expect(body.tool_choice).toEqual(written);
  });

  it('shows a model the arguments that it got wrong', () => {
    const messages: Message[] = [
      HI,
      { role: 'assistant', content: [{ type: 'tool-call', id: 'c1', name: 'look', json: '{"a":' }] },
    ];
    expect(encode({ messages }).body.messages).toMatchObject([{}, { content: [{ input: { INVALID_JSON: '{"a":' } }] }]);
  });

  it('puts results before what the user said in the same turn', () => {
    const messages: Message[] = [HI, { role: 'tool', callId: 'c1', content: [{ type: 'text', text: 'ok' }] }];
    expect(encode({ messages }).body.messages).toMatchObject([
      { role: 'user', content: [{ type: 'tool_result' }, { type: 'text' }] },
    ]);
  });
});

describe('fields that only this dialect has', () => {
  const own = (fields: JsonObject): Partial<ChatRequest> => ({
    extensions: { dialect: 'anthropic-messages', fields },
  });

  it('reach the vendor', () => {
    const sent = encode(own({ container: 'c1', mcp_servers: [{ name: 'm' }] }));
    expect([sent.body, names(sent)]).toMatchObject([{ container: 'c1', mcp_servers: [{ name: 'm' }] }, []]);
  });

  it('stand in the objects that they came from, beside what the request says itself', () => {
    const sent = encode({ ...own({ 'metadata.trace': 't', 'output_config.task_budget': 3 }), user: 'u' });
    expect(sent.body).toMatchObject({ metadata: { user_id: 'u', trace: 't' }, output_config: { task_budget: 3 } });
  });

  it('are not sent twice where they travel with a part', () => {
    const sent = encode(own({ 'tools.input_examples': [], 'messages.content.citations': {} }));
    expect([Object.keys(sent.body), names(sent)]).toEqual([['model', 'messages', 'max_tokens'], []]);
  });

  it('never replace what the request says itself', () => {
    expect(encode({ ...own({ max_tokens: 1 }), maxOutputTokens: 9 }).body.max_tokens).toBe(9);
  });

  it('ask for beta features in the header', () => {
    const target = { provider: 'claude', model: BUDGET_MODEL, baseUrl: new URL('https://api.anthropic.com') };
    const account = { headers: { 'anthropic-beta': 'a' }, version: '2023-06-01' } as const;
    const request = { messages: [HI], stream: false, ...own({ 'anthropic-beta': 'b, a' }) };
    const { headers, body } = encodeChat(request, target, account).request;
    expect([headers['anthropic-beta'], String(body)]).toEqual(['a,b', expect.not.stringContaining('beta')]);
  });
});

describe('the tier', () => {
  it.each([
    ['auto', 'auto', []],
    ['default', 'standard_only', []],
    ['standard_only', 'standard_only', []],
    ['priority', 'auto', ['service_tier changed']],
  ])('%s is asked for as %s', (serviceTier, written, told) => {
    const sent = encode({ serviceTier });
    expect([sent.body.service_tier, names(sent)]).toEqual([written, told]);
  });
});

describe('sampling beside thinking', () => {
  it('keeps the values that the vendor takes there', () => {
    const sent = encode({ temperature: 1, reasoning: { effort: 'low' } });
    expect([sent.body.temperature, names(sent)]).toEqual([1, []]);
  });

  it('keeps a top_p near one', () => {
    expect(encode({ topP: 0.95, reasoning: { effort: 'low' } }).body.top_p).toBe(0.95);
  });
});
