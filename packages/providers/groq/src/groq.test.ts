import type { ChatRequest, JsonObject, RawCall, Target } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { groq } from './index.js';

const provider = groq.create(groq.settings.parse({ kind: 'groq' }), { secret: () => Promise.resolve('k') });
const { chat } = provider.operations;
const target: Target = { provider: 'g', model: 'openai/gpt-oss-20b', baseUrl: provider.baseUrl };
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

describe('Groq', () => {
  it.for([
    ['default', 'on_demand', ['service_tier=changed']],
    ['priority', 'performance', ['service_tier=changed']],
    ['flex', 'flex', []],
    ['scale', undefined, ['service_tier=dropped']],
  ] as const)('knows the tier %s as %s', ([serviceTier, tier, lost]) => {
    const sent = encode({ serviceTier });
    expect([sent.body.service_tier, sent.lost]).toEqual([tier, lost]);
  });

  it('keeps reasoning out of the answer where it is not wanted', () => {
    expect(encode({ reasoning: { effort: 'low', summary: 'none' } }).body).toMatchObject({
      reasoning_effort: 'low',
      include_reasoning: false,
    });
  });

  it('takes back the reasoning of turns that called tools, under its own name', () => {
    const content = [
      { type: 'reasoning', text: 'Hm.' } as const,
      { type: 'tool-call', id: 'c', name: 'f', json: '{}' } as const,
    ];
    expect(encode({ messages: [{ role: 'assistant', content }] }).body.messages).toMatchObject([{ reasoning: 'Hm.' }]);
  });

  it.for([
    [{ max_completion_tokens: 5, seed: 1, service_tier: 'flex', x_future: 1 }, true],
    [{ logprobs: true }, false],
    [{ logit_bias: {} }, false],
    [{ n: 2 }, false],
    [{ service_tier: 'default' }, false],
    [{ reasoning_effort: 'xhigh' }, false],
    [{ messages: [{ role: 'assistant', content: 'a', refusal: null }] }, false],
    [{ messages: [{ role: 'assistant', content: 'a', reasoning: 'b' }] }, true],
  ] as const)('takes %j as it came: %s', ([more, expected]) => expect(passes(more)).toBe(expected));

  it('tells of a call that its model wrote badly', () => {
    const message = "Failed to call a function. See 'failed_generation' for more details.";
    const error = { message, type: 'invalid_request_error', code: 'tool_use_failed', failed_generation: '<function=' };
    const body = Buffer.from(JSON.stringify({ error }));
    expect(provider.classify({ stage: 'status', head: { status: 400, headers: {} }, body })).toMatchObject({
      code: 'upstream_rejected',
      message,
      details: { upstreamCode: 'tool_use_failed' },
    });
  });
});
