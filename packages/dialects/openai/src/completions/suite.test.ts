import type { ChatEvent, ChatResult, JsonObject } from '@sluice/contract';
import { dialectSuite } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { openAiCompletions } from './dialect.js';

dialectSuite({
  dialect: openAiCompletions,
  operation: 'chat',
  fixtures: new URL('./__fixtures__/', import.meta.url),
  isTerminal: ({ data }) => data === '[DONE]',
});

const body = (more: JsonObject = {}): JsonObject => ({ model: 'm', prompt: 'Once', ...more });
const context = { requestId: 'r', answerId: 'a', createdSeconds: 7, wantsUsage: false };

describe('a completion that is asked in a chat', () => {
  it.for<readonly [JsonObject, string]>([
    [{ prompt: [1, 2] }, 'prompt'],
    [{ prompt: [[1], [2]] }, 'prompt'],
    [{ prompt: ['a', 'b'] }, 'prompt'],
    [{ suffix: 'end' }, 'suffix'],
    [{ n: 2 }, 'n'],
    [{ max_tokens: 0, echo: true }, 'max_tokens'],
  ])('is refused with %j, which a chat has no place for', ([more, param]) => {
    const call = openAiCompletions.parse(body(more));
    expect(() => call.toRequest()).toThrow(
      expect.objectContaining({ code: 'invalid_value', details: { param } }) as Error,
    );
  });

  it('says so', () => {
    expect(openAiCompletions.parse(body()).adjustments).toEqual([{ parameter: 'prompt', action: 'emulated' }]);
    expect(openAiCompletions.parse(body({ echo: true })).adjustments).toHaveLength(2);
  });
});

describe('an echo', () => {
  const wire = body({ echo: true });
  const logprobs = [{ token: ' a', logprob: -1, top: [] }];
  const result: ChatResult = {
    id: 'c',
    model: 'm',
    content: [{ type: 'text', text: ' a' }],
    finish: { unified: 'stop' },
    logprobs,
  };

  it('puts the prompt before its continuation, whose tokens stand behind it', () => {
    expect(JSON.parse(openAiCompletions.writeResult(result, { ...context, wire }))).toMatchObject({
      choices: [{ text: 'Once a', logprobs: { text_offset: [4] } }],
    });
  });

  it('comes first in a stream', () => {
    const writer = openAiCompletions.stream?.open({ ...context, wire });
    const events: readonly ChatEvent[] = [
      { type: 'start', id: 'c', model: 'm' },
      { type: 'text-delta', index: 0, text: ' a', logprobs },
    ];
    expect(events.map((event) => writer?.write(event))).toEqual([
      expect.stringContaining('"text":"Once"'),
      expect.stringMatching(/"text":" a".*"text_offset":\[4\]/),
    ]);
  });

  it('is none where nobody asked for one', () => {
    expect(openAiCompletions.writeResult(result, { ...context, wire: body() })).toContain('"text":" a"');
  });
});
