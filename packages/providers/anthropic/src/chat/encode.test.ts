import type { Adjustment, ChatRequest, Message, ToolChoice } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import type { ApiVersion } from '../settings.js';
import { encodeChat } from './encode.js';

const HI: Message = { role: 'user', content: [{ type: 'text', text: 'Hi' }] };
const TOOL = { name: 'look', schema: { type: 'object' } };
const BUDGET_MODEL = 'claude-haiku-4-5';
const CURRENT_MODEL = 'claude-opus-5-5';

interface Sent {
  readonly body: Record<string, unknown>;
  readonly adjustments: readonly Adjustment[];
}
function encode(part: Partial<ChatRequest>, model = BUDGET_MODEL, version: ApiVersion = '2023-06-01'): Sent {
  const target = { provider: 'claude', model, baseUrl: new URL('https://api.anthropic.com') };
  const encoded = encodeChat({ messages: [HI], stream: false, ...part }, target, { headers: {}, version });
  return {
    body: JSON.parse(String(encoded.request.body)) as Record<string, unknown>,
    adjustments: encoded.adjustments,
  };
}
const names = ({ adjustments }: Sent): readonly string[] =>
  adjustments.map(({ parameter, action }) => `${parameter} ${action}`);

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

describe('reasoning on models that take a budget', () => {
  it('turns an effort into a budget, with room for the answer beside it', () => {
    expect(encode({ reasoning: { effort: 'medium' } }).body).toMatchObject({
      max_tokens: 12_288,
      thinking: { type: 'enabled', budget_tokens: 8_192 },
    });
  });

  it('takes no more than half of a limit that the caller set', () => {
    const { body } = encode({ reasoning: { effort: 'high' }, maxOutputTokens: 4_000 });
    expect(body).toMatchObject({ max_tokens: 4_000, thinking: { budget_tokens: 2_000 } });
  });

  it('keeps a budget that the caller set in figures', () => {
    const { body } = encode({ reasoning: { budgetTokens: 3_000 }, maxOutputTokens: 4_000 });
    expect(body.thinking).toEqual({ type: 'enabled', budget_tokens: 3_000 });
  });

  it('reports a budget that had to give way', () => {
    const sent = encode({ reasoning: { budgetTokens: 9_000 }, maxOutputTokens: 4_000 });
    expect([sent.body.thinking, names(sent)]).toEqual([
      { type: 'enabled', budget_tokens: 3_999 },
      ['reasoning changed'],
    ]);
  });

  it('is dropped where the limit leaves no room for it', () => {
    const sent = encode({ reasoning: { effort: 'high' }, maxOutputTokens: 500 });
    expect([sent.body.thinking, names(sent)]).toEqual([undefined, ['reasoning dropped']]);
  });

  it('sends nothing for the effort none', () => {
    const sent = encode({ reasoning: { effort: 'none' } });
    expect([sent.body.thinking, names(sent)]).toEqual([undefined, []]);
  });

  it.each<ToolChoice>([{ type: 'required' }, { type: 'tool', name: 'look' }])('is dropped beside %j', (toolChoice) => {
    expect(names(encode({ reasoning: { effort: 'low' }, tools: [TOOL], toolChoice }))).toEqual(['reasoning dropped']);
  });

  it("is dropped while another vendor's turn goes on after its tools", () => {
    const messages: Message[] = [
      HI,
      { role: 'assistant', content: [{ type: 'tool-call', id: 'c1', name: 'look', json: '{}' }] },
      { role: 'tool', callId: 'c1', content: [] },
    ];
    expect(names(encode({ messages, tools: [TOOL], reasoning: { effort: 'low' } }))).toEqual(['reasoning dropped']);
  });

  it('goes on after tools where the turn is signed', () => {
    const opaque = { kind: 'anthropic-messages', data: { signature: 'c2ln' } };
    const messages: Message[] = [
      HI,
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'hm', opaque },
          { type: 'tool-call', id: 'c1', name: 'look', json: '{}' },
        ],
      },
      { role: 'tool', callId: 'c1', content: [] },
    ];
    expect(encode({ messages, tools: [TOOL], reasoning: { effort: 'low' } }).adjustments).toEqual([]);
  });
});

describe('reasoning on models that decide themselves', () => {
  it.each([
    ['minimal', 'low', ['reasoning changed']],
    ['low', 'low', []],
    ['xhigh', 'xhigh', []],
    ['max', 'max', []],
  ] as const)('asks for the effort %s as %s', (effort, written, adjustments) => {
    const sent = encode({ reasoning: { effort } }, CURRENT_MODEL);
    expect([sent.body.thinking, sent.body.output_config, names(sent)]).toEqual([
      { type: 'adaptive' },
      { effort: written },
      adjustments,
    ]);
  });

  it('lowers an effort that the generation of 4.6 lacks', () => {
    expect(encode({ reasoning: { effort: 'xhigh' } }, 'claude-opus-4-6').body.output_config).toEqual({
      effort: 'high',
    });
  });

  it.each([
    [2_000, 'low'],
    [8_000, 'medium'],
    [20_000, 'high'],
  ])('reads a budget of %d as the effort %s', (budgetTokens, effort) => {
    const sent = encode({ reasoning: { budgetTokens } }, CURRENT_MODEL);
    expect([sent.body.output_config, names(sent)]).toEqual([{ effort }, ['reasoning changed']]);
  });

  it('leaves the effort to the vendor where the caller names none', () => {
    const { body } = encode({ reasoning: {} }, CURRENT_MODEL);
    expect([body.thinking, body.output_config]).toEqual([{ type: 'adaptive' }, undefined]);
  });

  it('asks for little where the caller asks for none', () => {
    const sent = encode({ reasoning: { effort: 'none' } }, CURRENT_MODEL);
    expect([sent.body.output_config, names(sent)]).toEqual([{ effort: 'low' }, ['reasoning changed']]);
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
  const fields = { service_tier: 'auto', 'tools.input_examples': [] };

  it('reach the vendor, but for those that stand for a place which is gone', () => {
    const sent = encode({ extensions: { dialect: 'anthropic-messages', fields } });
    expect([sent.body.service_tier, names(sent)]).toEqual(['auto', ['tools.input_examples dropped']]);
  });

  it('never replace what the request says itself', () => {
    const extensions = { dialect: 'anthropic-messages', fields: { max_tokens: 1 } };
    expect(encode({ extensions, maxOutputTokens: 9 }).body.max_tokens).toBe(9);
  });
});
