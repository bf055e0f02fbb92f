import type { ChatRequest, JsonObject, Target } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { mistral } from './index.js';

const provider = mistral.create(mistral.settings.parse({ kind: 'mistral' }), { secret: () => Promise.resolve('k') });
const { chat, embed } = provider.operations;
const target: Target = { provider: 'm', model: 'mistral-small', baseUrl: provider.baseUrl };
const call = (id: string) => ({ type: 'tool-call', id, name: 'look', json: '{}' }) as const;
const body = (messages: ChatRequest['messages']): JsonObject =>
  JSON.parse(String(chat.encode({ messages, stream: false }, target).request.body)) as JsonObject;
const refused = (status: number, said: unknown) =>
  provider.classify({ stage: 'status', head: { status, headers: {} }, body: Buffer.from(JSON.stringify(said)) });

function idsOf(messages: ChatRequest['messages']): readonly unknown[] {
  const sent = body(messages).messages as readonly (JsonObject & { tool_calls?: readonly JsonObject[] })[];
  return sent.flatMap(({ tool_calls: calls = [], tool_call_id: id }) =>
    [...calls.map((one) => one.id), id ?? []].flat(),
  );
}

describe('Mistral', () => {
  it('goes on with an answer that was begun, and says its beginning again', () => {
    expect(body([{ role: 'assistant', content: [{ type: 'text', text: 'H' }] }]).messages).toMatchObject([
      { content: 'H', prefix: true },
    ]);
    expect(chat.prefill?.(target)).toEqual({ repeats: true });
  });

  it.for(['call_abc', 'toolu_01AbCdEf', 'D681PevKs', 'a', '', 'functions.look:0', 'é'.repeat(9)])(
    'gets the id %j in its own form, the same for the call, its result and every later request',
    (id) => {
      const turn: ChatRequest['messages'] = [
        { role: 'assistant', content: [call(id)] },
        { role: 'tool', callId: id, content: [{ type: 'text', text: 'x' }] },
      ];
      const [first, second] = idsOf(turn);
      expect([first, second, idsOf(turn)[0]]).toEqual([first, first, first]);
      expect(first).toMatch(/^[a-zA-Z0-9]{9}$/);
    },
  );

  it('keeps its own ids, and different ids apart', () => {
    const ids = idsOf([{ role: 'assistant', content: [call('D681PevKs'), call('call_1'), call('call_2')] }]);
    expect([ids[0], new Set(ids).size]).toEqual(['D681PevKs', 3]);
  });

  it('is told of a refusal as text, and of nothing that it does not know', () => {
    const { messages } = body([{ role: 'assistant', content: [{ type: 'refusal', text: 'No.' }] }]);
    expect(messages).toEqual([{ role: 'assistant', content: 'No.', prefix: true }]);
  });

  it('gets every request in its own words', () => expect(chat.passthroughs).toEqual([]));

  it('knows the length of a vector by another name', () => {
    const { request, adjustments } = embed?.encode({ input: ['a'], dimensions: 8, user: 'u' }, target) ?? {};
    expect([JSON.parse(String(request?.body)), adjustments]).toEqual([
      { model: 'mistral-small', input: ['a'], output_dimension: 8 },
      [{ parameter: 'user', action: 'dropped' }],
    ]);
  });

  it.for([
    [400, { object: 'error', message: 'Tool call id was odd.', type: 'invalid_request', param: null, code: '3280' }],
    [422, { detail: [{ type: 'extra_forbidden', loc: ['body', 'user'], msg: 'Tool call id was odd.', input: 'u' }] }],
    [422, { object: 'error', message: { detail: [{ loc: ['body'], msg: 'Tool call id was odd.' }] }, type: 'x' }],
  ] as const)('says what was wrong with a %i', ([status, said]) => {
    expect(refused(status, said)).toMatchObject({
      code: 'upstream_rejected',
      message: expect.stringContaining('Tool call id was odd.') as string,
    });
  });

  it('says where a field was at fault', () => {
    const detail = [{ type: 'extra_forbidden', loc: ['body', 'user'], msg: 'Extra inputs are not permitted' }];
    expect(refused(422, { detail }).details.param).toBe('user');
  });

  it.for([
    [429, { object: 'error', message: 'Requests rate limit exceeded', type: 'rate_limited' }, 'upstream_rate_limited'],
    [401, { detail: 'Unauthorized' }, 'upstream_auth_error'],
    [
      400,
      {
        object: 'error',
        message: 'Prompt contains 40000 tokens, too large for model with 32768 maximum context length',
        code: '3051',
      },
      'context_length_exceeded',
    ],
  ] as const)('takes a %i for what it is', ([status, said, code]) => expect(refused(status, said).code).toBe(code));

  it('writes arguments as an object if it likes, and every digit of them is kept', () => {
    const held = '{"id":12345678901234567890,"share":0.1234567890123456789}';
    const say = (where: string, reason: string) =>
      `{"id":"c","model":"m","choices":[{"index":0,"${where}":{"role":"assistant","tool_calls":[{"id":"D681PevKs",` +
      `"index":0,"function":{"name":"look","arguments":${held}}}]},"finish_reason":"${reason}"}]}`;
    const head = { status: 200, headers: {} };
    const { content } = chat.decode(Buffer.from(say('message', 'tool_calls')), head, target);
    expect(content).toMatchObject([{ type: 'tool-call', json: held }]);
    const events = chat.stream?.open(head, target).push({ data: say('delta', 'tool_calls') });
    expect(events).toContainEqual({ type: 'tool-delta', index: 0, json: held });
  });
});
