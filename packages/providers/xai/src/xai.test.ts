import type { ChatRequest, JsonObject, RawCall, Target } from '@sluice/contract';
import { isGatewayError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { xai } from './index.js';

const provider = xai.create(xai.settings.parse({ kind: 'xai' }), { secret: () => Promise.resolve('k') });
const { chat } = provider.operations;
const targetOf = (model: string): Target => ({ provider: 'x', model, baseUrl: provider.baseUrl });
const HEAD = { status: 200, headers: {} };
const ask: ChatRequest = {
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  stream: false,
  stop: ['x'],
  frequencyPenalty: 1,
};

const lostFor = (model: string) => chat.encode(ask, targetOf(model)).adjustments.map(({ parameter }) => parameter);
const usageOf = (usage: JsonObject) => {
  const answer = { id: 'i', model: 'm', choices: [{ message: { content: 'Hi' }, finish_reason: 'stop' }], usage };
  return chat.decode(Buffer.from(JSON.stringify(answer)), HEAD, targetOf('m')).usage;
};
const codeOf = (body: unknown): unknown => {
  try {
    return chat.decode(Buffer.from(JSON.stringify(body)), HEAD, targetOf('m'));
  } catch (error) {
    return isGatewayError(error) ? error.code : error;
  }
};

describe('xAI', () => {
  it.for(['grok-4.5', 'grok-4.20-0309-reasoning', 'grok-3-mini'])('gets no penalties and no stop for %s', (model) => {
    expect(lostFor(model)).toEqual(['frequency_penalty', 'stop']);
  });

  it('gets them for a model that does not reason', () => {
    expect(lostFor('grok-4.20-0309-non-reasoning')).toEqual([]);
  });

  it('takes such a request as it came for the one, and not for the other', () => {
    const wire = { model: 'm', messages: [], stop: ['x'] };
    const raw: RawCall = { body: new Uint8Array(), wire, stream: false, wantsUsage: true, headers: {} };
    const takes = (model: string) => chat.passthroughs?.[0]?.takes?.(raw, targetOf(model));
    expect([takes('grok-4.5'), takes('grok-4.20-0309-non-reasoning')]).toEqual([false, true]);
  });

  it('counts reasoning beside the output, and only where the total says so', () => {
    const details = { completion_tokens_details: { reasoning_tokens: 40 } };
    const beside = usageOf({ prompt_tokens: 10, completion_tokens: 2, total_tokens: 52, ...details });
    const within = usageOf({ prompt_tokens: 10, completion_tokens: 42, total_tokens: 52, ...details });
    expect([beside, within]).toEqual([
      { inputTokens: 10, outputTokens: 42, reasoningTokens: 40 },
      { inputTokens: 10, outputTokens: 42, reasoningTokens: 40 },
    ]);
  });

  it('counts what was cached with the input where it stands beside it', () => {
    const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };
    expect(usageOf({ ...usage, prompt_tokens_details: { cached_tokens: 90 } })).toMatchObject({
      inputTokens: 100,
      cachedInputTokens: 90,
    });
  });

  it.for([
    [{ code: 'The service is currently unavailable', error: 'At capacity.' }, 'overloaded'],
    [{ code: 'some words', error: 'It failed.' }, 'upstream_invalid_response'],
    [{ error: { message: 'no', type: 'invalid_request_error', code: null } }, 'upstream_rejected'],
  ] as const)('takes %j inside a 200 for %s', ([body, code]) => expect(codeOf(body)).toBe(code));

  it('says what was wrong, whichever shape it comes in', () => {
    const said = [
      { code: 'Client specified an invalid argument', error: 'Bad effort.' },
      { error: { message: 'Bad effort.', type: 'invalid_request_error' } },
    ].map((body) =>
      provider.classify({
        stage: 'status',
        head: { status: 400, headers: {} },
        body: Buffer.from(JSON.stringify(body)),
      }),
    );
    expect(said.map(({ code, message }) => [code, message])).toEqual([
      ['upstream_rejected', 'Bad effort.'],
      ['upstream_rejected', 'Bad effort.'],
    ]);
  });
});
