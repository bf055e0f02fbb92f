import type { ChatRequest, JsonObject, Message, ToolChoice } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { BUDGET_MODEL, CURRENT_MODEL, HI, TOOL, encode, names } from './__fixtures__/sent.js';

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

describe('thinking in the words of the caller', () => {
  const asked = (thinking: JsonObject, effort?: 'high' | 'xhigh'): Partial<ChatRequest> => ({
    reasoning: {
      ...(effort ? { effort } : {}),
      ...(typeof thinking.budget_tokens === 'number' ? { budgetTokens: thinking.budget_tokens } : {}),
      ...(thinking.type === 'disabled' ? { effort: 'none' } : {}),
      opaque: { kind: 'anthropic-messages', data: { thinking, ...(effort ? { effort } : {}) } },
    },
    maxOutputTokens: 9_000,
  });

  it.each<[JsonObject, string]>([
    [{ type: 'enabled', budget_tokens: 4_000, display: 'omitted' }, BUDGET_MODEL],
    [{ type: 'disabled' }, BUDGET_MODEL],
    [{ type: 'adaptive', display: 'updates' }, CURRENT_MODEL],
    [{ type: 'between_tools' }, 'claude-sonnet-5-5'],
    [{ type: 'disabled' }, 'claude-opus-5'],
    [{ type: 'enabled', budget_tokens: 4_000 }, 'claude-opus-4-6'],
  ])('%j goes to %s as it is', (thinking, model) => {
    const sent = encode(asked(thinking), model);
    expect([sent.body.thinking, names(sent)]).toEqual([thinking, []]);
  });

  it('is translated for a model that refuses it', () => {
    const sent = encode(asked({ type: 'enabled', budget_tokens: 4_000 }), CURRENT_MODEL);
    expect([sent.body.thinking, sent.body.output_config, names(sent)]).toEqual([
      { type: 'adaptive' },
      { effort: 'medium' },
      ['reasoning changed'],
    ]);
  });

  it('keeps an effort beside it', () => {
    expect(encode(asked({ type: 'disabled' }, 'high'), 'claude-opus-5').body.output_config).toEqual({ effort: 'high' });
  });

  it('asks for no thinking where only an effort was given', () => {
    const reasoning = { effort: 'high', opaque: { kind: 'anthropic-messages', data: { effort: 'high' } } } as const;
    const { body } = encode({ reasoning }, 'claude-opus-4-8');
    expect([body.thinking, body.output_config]).toEqual([undefined, { effort: 'high' }]);
  });
});

describe('no thinking', () => {
  it.each([
    ['claude-opus-4-8', { type: 'disabled' }, []],
    ['claude-sonnet-5', { type: 'disabled' }, []],
    ['claude-haiku-5-5', { type: 'between_tools' }, ['reasoning changed']],
    ['claude-fable-5', undefined, ['reasoning changed']],
  ])('is asked of %s as %j', (model, thinking, told) => {
    const sent = encode({ reasoning: { effort: 'none' } }, model);
    expect([sent.body.thinking, names(sent)]).toEqual([thinking, told]);
  });
});

describe('how much of the reasoning is shown', () => {
  it.each([
    ['auto', 'summarized', []],
    ['none', 'omitted', []],
    ['detailed', 'summarized', ['reasoning.summary changed']],
  ] as const)('%s is asked for as %s', (summary, display, told) => {
    const sent = encode({ reasoning: { summary } }, CURRENT_MODEL);
    expect([sent.body.thinking, names(sent)]).toEqual([{ type: 'adaptive', display }, told]);
  });
});
