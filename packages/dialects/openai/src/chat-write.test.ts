import type { ChatEvent } from '@sluice/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openAiChat } from './index.js';

const context = { answerId: 'answer-1', requestId: 'req-1', createdSeconds: 7, wantsUsage: false };
const write = (events: readonly ChatEvent[], wantsUsage = false) => {
  const writer = openAiChat.stream?.open({ ...context, wantsUsage });
  return events.map((event) => writer?.write(event) ?? '').join('');
};
const START: ChatEvent = { type: 'start', id: '', model: 'm' };
const USAGE: ChatEvent = { type: 'usage', usage: { inputTokens: 1, outputTokens: 2 } };
const FINISH: ChatEvent = { type: 'finish', finish: { unified: 'stop', raw: 'stop' } };

describe('writing a stream', () => {
  it('goes by the id of the request where the vendor gave none', () => {
    expect(write([START])).toBe(
      'data: {"id":"req-1","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}\n\n',
    );
  });

  it('says nothing of usage to a caller that did not ask', () => {
    expect(write([START, USAGE, FINISH])).not.toContain('usage');
  });

  it('has no usage chunk where no usage is known', () => {
    expect(write([START, FINISH], true)).not.toContain('prompt_tokens');
  });

  it('writes one frame for each delta, whatever its text holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const frame = write([START, { type: 'text-delta', index: 0, text }]).split('\n\n')[1] ?? '';
        const { choices } = JSON.parse(frame.slice('data: '.length)) as { choices: { delta: object }[] };
        expect(choices[0]?.delta).toEqual({ content: text });
      }),
    );
  });
});

describe('writing an answer', () => {
  it('keeps the reason of the vendor beside the one that clients know', () => {
    const text = openAiChat.writeResult(
      { id: 'a', model: 'm', content: [], finish: { unified: 'other', raw: 'pause_turn' } },
      context,
    );
    expect(JSON.parse(text)).toMatchObject({
      choices: [{ finish_reason: 'stop', native_finish_reason: 'pause_turn' }],
    });
  });
});
