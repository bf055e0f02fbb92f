import type { ChatEvent, ChatResult, JsonObject } from '@sluice/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openAiChat } from './index.js';

const context = { answerId: 'answer-1', requestId: 'req-1', createdSeconds: 7, wantsUsage: false };
const write = (events: readonly ChatEvent[], wantsUsage = false, wire: JsonObject = {}) => {
  const writer = openAiChat.stream?.open({ ...context, wantsUsage, wire });
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

describe('an answer in the form in which tools were offered', () => {
  const OLD: JsonObject = { functions: [{ name: 'f' }] };
  const CUSTOM: JsonObject = { tools: [{ type: 'custom', custom: { name: 'f' } }] };
  const json = '{"input":"a\\n"}';
  const result: ChatResult = {
    id: 'a',
    model: 'm',
    content: [{ type: 'tool-call', id: 'c', name: 'f', json: '{}' }],
    finish: { unified: 'tool-calls', raw: 'tool_use' },
  };
  const calling: readonly ChatEvent[] = [
    START,
    { type: 'tool-start', index: 0, id: 'c', name: 'f' },
    { type: 'tool-delta', index: 0, json: json.slice(0, 5) },
    { type: 'tool-delta', index: 0, json: json.slice(5) },
    { type: 'part-end', index: 0 },
    { type: 'finish', finish: result.finish },
  ];
  const deltas = (wire: JsonObject) =>
    write(calling, false, wire)
      .split('\n\n')
      .filter((frame) => frame.startsWith('data: {'))
      .map((frame) => (JSON.parse(frame.slice('data: '.length)) as { choices: [{ delta: JsonObject }] }).choices[0]);

  it('has a function_call for functions', () => {
    expect(JSON.parse(openAiChat.writeResult(result, { ...context, wire: OLD }))).toMatchObject({
      choices: [{ message: { function_call: { name: 'f', arguments: '{}' } }, finish_reason: 'function_call' }],
    });
  });

  it('streams it so', () => {
    expect(deltas(OLD).map(({ delta }) => delta['function_call'])).toEqual([
      undefined,
      { name: 'f', arguments: '' },
      { arguments: json.slice(0, 5) },
      { arguments: json.slice(5) },
      undefined,
    ]);
    expect(deltas(OLD).at(-1)).toMatchObject({ finish_reason: 'function_call', native_finish_reason: 'tool_use' });
  });

  it('has tool calls where tools stand beside functions', () => {
    expect(deltas({ ...OLD, tools: [] }).at(-1)).toMatchObject({ finish_reason: 'tool_calls' });
  });

  it('streams the input of a custom tool whole, as text', () => {
    expect(deltas(CUSTOM).map(({ delta }) => delta['tool_calls'])).toEqual([
      undefined,
      [{ index: 0, id: 'c', type: 'custom', custom: { name: 'f', input: '' } }],
      [{ index: 0, custom: { input: 'a\n' } }],
      undefined,
    ]);
  });
});

describe('log probabilities', () => {
  it('of a refusal stand beside it', () => {
    const logprobs = [{ token: 'No', logprob: -1, top: [] }];
    const refused: ChatResult = {
      id: 'a',
      model: 'm',
      content: [{ type: 'refusal', text: 'No' }],
      finish: { unified: 'stop' },
      logprobs,
    };
    expect(JSON.parse(openAiChat.writeResult(refused, context))).toMatchObject({
      choices: [{ logprobs: { content: null, refusal: [{ token: 'No', bytes: null }] } }],
    });
  });
});
