import type { ChatRequest, JsonObject, RawCall, Target } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { deepseek } from './index.js';

const provider = deepseek.create(deepseek.settings.parse({ kind: 'deepseek' }), { secret: () => Promise.resolve('k') });
const { chat } = provider.operations;
const target: Target = { provider: 'd', model: 'deepseek-v4-pro', baseUrl: provider.baseUrl };
const HEAD = { status: 200, headers: {} };
const ask: ChatRequest = { messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }], stream: false };

function encode(request: Partial<ChatRequest>) {
  const { request: sent, adjustments } = chat.encode({ ...ask, ...request }, target);
  return { sent: JSON.parse(String(sent.body)) as JsonObject, lost: adjustments.map(({ parameter }) => parameter) };
}

function passes(more: JsonObject): boolean | undefined {
  const wire = { model: 'm', messages: [{ role: 'user', content: 'hi' }], ...more };
  const raw: RawCall = { body: new Uint8Array(), wire, stream: false, wantsUsage: true, headers: {} };
  return chat.passthroughs?.[0]?.takes?.(raw, target);
}

describe('DeepSeek', () => {
  it('goes on with an answer that was begun, at an address of its own', () => {
    const begun: ChatRequest['messages'] = [
      ...ask.messages,
      { role: 'assistant', content: [{ type: 'text', text: 'H' }] },
    ];
    const { request } = chat.encode({ ...ask, messages: begun }, target);
    expect([request.url.href, JSON.parse(String(request.body))]).toEqual([
      'https://api.deepseek.com/beta/chat/completions',
      expect.objectContaining({
        messages: [{}, { role: 'assistant', content: 'H', prefix: true }].map(
          (part) => expect.objectContaining(part) as unknown,
        ),
      }),
    ]);
    expect(chat.prefill?.(target)).toEqual({ repeats: false });
  });

  it('answers behind empty lines where it had to wait', () => {
    const answer = { id: 'i', model: 'm', choices: [{ message: { content: 'Hi' }, finish_reason: 'stop' }] };
    const bytes = Buffer.from(`\n\n\n${JSON.stringify(answer)}\n`);
    expect(chat.decode(bytes, HEAD, target).content).toEqual([{ type: 'text', text: 'Hi' }]);
    expect(chat.passthroughs?.[0]?.inspect(bytes, HEAD)).toMatchObject({ model: 'm' });
  });

  it('gets empty reasoning with calls of tools that have none, which it demands', () => {
    const call = { type: 'tool-call', id: 'c', name: 'f', json: '{}' } as const;
    const { sent } = encode({ messages: [{ role: 'assistant', content: [call] }] });
    expect(sent.messages).toMatchObject([{ reasoning_content: '', tool_calls: [{ id: 'c' }] }]);
  });

  it('gets no reasoning of turns that called no tool, which it has refused', () => {
    const content = [{ type: 'reasoning', text: 'Hm.' } as const, { type: 'text', text: 'Yes.' } as const];
    const { sent, lost } = encode({ messages: [{ role: 'assistant', content }] });
    expect([sent.messages, lost]).toEqual([
      [{ prefix: true, role: 'assistant', content: 'Yes.' }],
      ['reasoning_content'],
    ]);
  });

  it.for([
    ['none', { thinking: { type: 'disabled' } }],
    ['minimal', { thinking: { type: 'enabled' }, reasoning_effort: 'low' }],
    ['medium', { thinking: { type: 'enabled' }, reasoning_effort: 'high' }],
    ['xhigh', { thinking: { type: 'enabled' }, reasoning_effort: 'max' }],
  ] as const)('is asked for effort %s in its own levels', ([effort, fields]) => {
    expect(encode({ reasoning: { effort } }).sent).toMatchObject(fields);
  });

  it.for([
    [{ temperature: 1, max_tokens: 5, thinking: { type: 'disabled' }, x_future: 1 }, true],
    [{ max_completion_tokens: 5 }, false],
    [{ seed: 1 }, false],
    [{ user: 'u' }, false],
    [{ reasoning_effort: 'medium' }, false],
    [{ response_format: { type: 'json_schema', json_schema: { name: 'a', schema: {} } } }, false],
    [{ response_format: { type: 'json_object' } }, true],
    [{ functions: [] }, false],
    [{ messages: [{ role: 'assistant', content: null, tool_calls: [] }] }, false],
  ] as const)('takes %j as it came: %s', ([more, expected]) => expect(passes(more)).toBe(expected));

  it.for([
    [402, 'Insufficient Balance', 'upstream_auth_error'],
    [422, 'Invalid parameters', 'upstream_rejected'],
    [503, 'Overloaded', 'overloaded'],
  ] as const)('answers %i, "%s"', ([status, message, code]) => {
    const body = Buffer.from(JSON.stringify({ error: { message, type: 'unknown_error', param: null, code: 'x' } }));
    expect(provider.classify({ stage: 'status', head: { status, headers: {} }, body }).code).toBe(code);
  });
});
