import type { ChatRequest, JsonObject, RawCall, Target } from '@sluice/contract';
import { isGatewayError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { openrouter } from './index.js';

const provider = openrouter.create(openrouter.settings.parse({ kind: 'openrouter' }), {
  secret: () => Promise.resolve('k'),
});
const { chat } = provider.operations;
const target: Target = { provider: 'o', model: 'anthropic/claude-sonnet-4.5', baseUrl: provider.baseUrl };
const ask: ChatRequest = { messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }], stream: false };

function encode(request: Partial<ChatRequest>) {
  const { request: sent, adjustments } = chat.encode({ ...ask, ...request }, target);
  const body = JSON.parse(String(sent.body)) as JsonObject;
  return { body, lost: adjustments.map(({ parameter, action }) => `${parameter}=${action}`) };
}

function passes(more: JsonObject): boolean | undefined {
  const wire = { model: 'm', messages: [{ role: 'user', content: 'hi' }], ...more };
  const raw: RawCall = { body: new Uint8Array(), wire, stream: false, wantsUsage: true, headers: {} };
  return chat.passthroughs?.[0]?.takes?.(raw, target);
}

describe('OpenRouter', () => {
  it.for([
    [{ effort: 'xhigh' }, { effort: 'xhigh' }, []],
    [{ budgetTokens: 2_000 }, { max_tokens: 2_000 }, []],
    [{ effort: 'low', budgetTokens: 2_000 }, { max_tokens: 2_000 }, ['reasoning_effort=dropped']],
    [{ effort: 'none', budgetTokens: 2_000 }, { effort: 'none' }, ['reasoning.budget_tokens=dropped']],
    [{ effort: 'low', summary: 'none' }, { effort: 'low', exclude: true }, []],
  ] as const)('is asked to reason %j by an object', ([reasoning, field, lost]) => {
    const sent = encode({ reasoning });
    expect([sent.body.reasoning, sent.lost]).toEqual([field, lost]);
  });

  it('gives signatures back to whoever made them, turn by turn', () => {
    const opaque = { kind: 'anthropic-messages', data: { signature: 's' } };
    const content = [{ type: 'reasoning', text: 'Hm.', opaque } as const, { type: 'text', text: 'Yes.' } as const];
    expect(encode({ messages: [{ role: 'assistant', content }] }).body.messages).toMatchObject([
      { reasoning_details: [{ type: 'reasoning.text', signature: 's', format: 'anthropic-claude-v1' }] },
    ]);
  });

  it.for([
    [{ provider: { order: ['a'] }, models: ['a', 'b'], reasoning: { effort: 'low' }, reasoning_effort: 'low' }, true],
    [{ thinking: { type: 'enabled' } }, false],
    [{ n: 2 }, false],
    [{ store: true }, false],
  ] as const)('takes %j as it came: %s', ([more, expected]) => expect(passes(more)).toBe(expected));

  it.for([
    [401, 'upstream_auth_error'],
    [402, 'upstream_auth_error'],
    [408, 'upstream_timeout'],
    [429, 'upstream_rate_limited'],
    [502, 'upstream_invalid_response'],
    [503, 'overloaded'],
    [400, 'upstream_rejected'],
  ] as const)('answers 200 with the error %i inside', ([code, expected]) => {
    const body = Buffer.from(JSON.stringify({ error: { code, message: 'Provider returned error', metadata: {} } }));
    let failure: unknown;
    try {
      chat.decode(body, { status: 200, headers: {} }, target);
    } catch (error) {
      failure = isGatewayError(error) ? error.code : error;
    }
    expect(failure).toBe(expected);
  });
});
