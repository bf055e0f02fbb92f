import type { ChatRequest, JsonObject } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { encodeChat } from './encode.js';
import { COMPATIBLE } from '../rules.js';
import type { ServerRules } from '../rules.js';

const target = { provider: 'p', model: 'm', baseUrl: new URL('http://a/v1') };

/** The fields beside the conversation, and what of the request is lost or changed as `parameter=action`. */
function encode(request: Pick<ChatRequest, 'reasoning' | 'extensions'>, rules: Partial<ServerRules>) {
  const server = { rules: { ...COMPATIBLE, ...rules }, nameOf: (name: string) => name };
  const encoded = encodeChat({ messages: [], stream: false, ...request }, target, server);
  const { messages: _, model: __, ...fields } = JSON.parse(encoded.body) as JsonObject;
  return { fields, losses: encoded.adjustments.map(({ parameter, action }) => `${parameter}=${action}`) };
}

describe('the wish to reason', () => {
  const low = { field: 'reasoning_effort', levels: ['low', 'high'] } as const;

  it.for<readonly [ChatRequest['reasoning'], ServerRules['reasoning'], JsonObject, readonly string[]]>([
    [{ effort: 'low' }, { effort: low }, { reasoning_effort: 'low' }, []],
    [{ effort: 'medium' }, { effort: low }, { reasoning_effort: 'high' }, ['reasoning_effort=changed']],
    [{ effort: 'max' }, { effort: low }, { reasoning_effort: 'high' }, ['reasoning_effort=changed']],
    [{ effort: 'none' }, { effort: low }, {}, ['reasoning_effort=dropped']],
    [{ effort: 'none' }, { effort: low, switch: 'thinking' }, { thinking: { type: 'disabled' } }, []],
    [{ effort: 'low' }, {}, {}, ['reasoning_effort=dropped']],
    [{ effort: 'low' }, { switch: 'thinking' }, { thinking: { type: 'enabled' } }, ['reasoning_effort=changed']],
    [{ effort: 'none' }, { switch: 'enable_thinking' }, { enable_thinking: false }, []],
    [{ effort: 'none' }, { switch: 'chat_template_kwargs' }, { chat_template_kwargs: { enable_thinking: false } }, []],
    [{ budgetTokens: 500 }, { effort: low }, { reasoning_effort: 'low' }, ['reasoning.budget_tokens=emulated']],
    [
      { budgetTokens: 0 },
      { switch: 'thinking' },
      { thinking: { type: 'disabled' } },
      ['reasoning.budget_tokens=emulated'],
    ],
    [
      { budgetTokens: 500, effort: 'high' },
      { effort: low },
      { reasoning_effort: 'high' },
      ['reasoning.budget_tokens=dropped'],
    ],
    [{ budgetTokens: 5 }, { budget: 'thinking_budget' }, { enable_thinking: true, thinking_budget: 5 }, []],
    [
      { budgetTokens: 5 },
      { budget: 'thinking.budget_tokens' },
      { thinking: { type: 'enabled', budget_tokens: 5 } },
      [],
    ],
    [
      { effort: 'high', budgetTokens: 5, summary: 'none' },
      { effort: { ...low, field: 'reasoning.effort' }, budget: 'reasoning.max_tokens', hidden: 'reasoning.exclude' },
      { reasoning: { max_tokens: 5, exclude: true } },
      ['reasoning_effort=dropped'],
    ],
    [
      { effort: 'none', budgetTokens: 5 },
      { effort: low, switch: 'thinking', budget: 'thinking.budget_tokens' },
      { thinking: { type: 'disabled' } },
      ['reasoning.budget_tokens=dropped'],
    ],
    [
      { effort: 'high', budgetTokens: 5 },
      { switch: 'enable_thinking', budget: 'thinking_budget' },
      { enable_thinking: true, thinking_budget: 5 },
      ['reasoning_effort=dropped'],
    ],
    [{ budgetTokens: 0 }, { budget: 'reasoning.max_tokens' }, { reasoning: { effort: 'none' } }, []],
    [
      { budgetTokens: 5, summary: 'none' },
      { effort: { ...low, field: 'reasoning.effort' }, budget: 'reasoning.max_tokens', hidden: 'reasoning.exclude' },
      { reasoning: { max_tokens: 5, exclude: true } },
      [],
    ],
    [{ summary: 'none' }, { hidden: 'include_reasoning' }, { include_reasoning: false }, []],
    [{ summary: 'detailed' }, { hidden: 'include_reasoning' }, {}, ['reasoning.summary=dropped']],
  ])('%j under %j is %j, with %j', ([reasoning, rules, fields, losses]) => {
    expect(encode({ ...(reasoning ? { reasoning } : {}) }, { reasoning: rules })).toMatchObject({ fields, losses });
  });

  it('joins what the caller says to the template', () => {
    const fields = { chat_template_kwargs: { tone: 'dry' } };
    const request = { reasoning: { effort: 'none' }, extensions: { dialect: 'openai-chat', fields } } as const;
    expect(encode(request, { reasoning: { switch: 'chat_template_kwargs' } }).fields).toEqual({
      chat_template_kwargs: { tone: 'dry', enable_thinking: false },
    });
  });
});
