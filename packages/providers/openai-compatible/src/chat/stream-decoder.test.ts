import type { ChatEvent, Target } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { openAiCompatible } from '../index.js';

const settings = openAiCompatible.settings.parse({ kind: 'openai-compatible', baseUrl: 'http://a/v1' });
const provider = openAiCompatible.create(settings, { secret: () => Promise.resolve('k') });
const { chat } = provider.operations;
const target: Target = { provider: 'local', model: 'm', baseUrl: provider.baseUrl };
const head = { status: 200, headers: {} };

describe('decoding a stream', () => {
  const read = (deltas: readonly object[], ending: readonly string[] = ['[DONE]']): readonly ChatEvent[] => {
    const decoder = chat.stream?.open(head, target);
    const last = { index: 0, delta: {}, finish_reason: 'stop' };
    const chunks = [...deltas.map((delta) => ({ index: 0, delta })), last].map((choice) =>
      JSON.stringify({ choices: [choice] }),
    );
    return [...[...chunks, ...ending].flatMap((data) => decoder?.push({ data }) ?? []), ...(decoder?.end() ?? [])];
  };
  const calls = (...pieces: readonly object[]) => pieces.map((piece) => ({ tool_calls: [piece] }));
  const kinds = (events: readonly ChatEvent[]) =>
    events.map((event) => ('index' in event ? `${event.type} ${event.index}` : event.type));

  it('is whole with its finish reason, [DONE] or not', () => {
    expect(read([{ content: 'a' }], [])).toEqual(read([{ content: 'a' }]));
  });

  it('ignores what follows [DONE], and empty events', () => {
    expect(kinds(read([{ content: 'a' }], ['', '[DONE]', '{"choices":[{"delta":{"content":"b"}}]}']))).toEqual([
      'start',
      'text-delta 0',
      'part-end 0',
      'finish',
    ]);
  });

  it('opens and closes one part after the other', () => {
    expect(kinds(read([{ reasoning: 'a', content: 'b' }, { refusal: 'c' }]))).toEqual([
      'start',
      'reasoning-delta 0',
      'part-end 0',
      'text-delta 1',
      'part-end 1',
      'refusal-delta 2',
      'part-end 2',
      'finish',
    ]);
  });

  it.for([
    ['the same index', { index: 0 }, { index: 0 }],
    ['no index', {}, {}],
  ] as const)('tells two calls with %s apart by their ids', ([, first, second]) => {
    const events = read(
      calls(
        { ...first, id: 'a', function: { name: 'f', arguments: '{' } },
        { ...first, function: { arguments: '}' } },
        {
          ...second,
          id: 'b',
          function: { name: 'g', arguments: '{}' },
        },
      ),
    );
    expect(kinds(events)).toEqual([
      'start',
      'tool-start 0',
      'tool-delta 0',
      'tool-delta 0',
      'part-end 0',
      'tool-start 1',
      'tool-delta 1',
      'part-end 1',
      'finish',
    ]);
  });

  it('closes the text before a call, and names a call without an id', () => {
    const events = read([{ content: 'a' }, ...calls({ index: 0, function: { name: 'f' } })]);
    expect(events.slice(1, 4)).toEqual([
      { type: 'text-delta', index: 0, text: 'a' },
      { type: 'part-end', index: 0 },
      { type: 'tool-start', index: 1, id: 'call_1', name: 'f' },
    ]);
  });

  it('refuses a call that nobody began', () => {
    expect(() => read(calls({ index: 0, function: { arguments: '{}' } }))).toThrow(/never began/);
  });

  it.for([
    ['not json', /cannot be read/],
    ['[DONE]', /without an answer/],
    ['{"choices":[{"delta":{},"finish_reason":"error"}]}', /generation failed/],
  ] as const)('refuses %s as a first event', ([data, message]) => {
    expect(() => chat.stream?.open(head, target).push({ data })).toThrow(message);
  });

  it('asks nothing of the first choice but what it says', () => {
    const decoder = chat.stream?.open(head, target);
    decoder?.push({ data: '{"choices":[{"delta":{"role":"assistant"}}]}' });
    expect(() => decoder?.end()).toThrow(/ended before/);
  });
});
