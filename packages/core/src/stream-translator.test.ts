import { gatewayError } from '@sluice/contract';
import type { ChatEvent, StreamDecoder, StreamWriter } from '@sluice/contract';
import { splitInTwo } from '@sluice/testkit';
import { createFrameReader, createLineReader } from '@sluice/toolkit';
import { describe, expect, it } from 'vitest';
import { StreamTranslator } from './stream-translator.js';

const START: ChatEvent = { type: 'start', id: 'a', model: 'm' };
const FINISH: ChatEvent = { type: 'finish', finish: { unified: 'stop', raw: 'done' } };
const hello: ChatEvent = { type: 'text-delta', index: 0, text: 'hello' };
const END: ChatEvent = { type: 'part-end', index: 0 };

/** Each frame is JSON: the events that it decodes to, or the word `fail`. */
const decoder = (atEnd: readonly ChatEvent[] | Error = []): StreamDecoder<ChatEvent> => ({
  push({ data }) {
    if (data === 'fail') throw gatewayError('overloaded');
    if (data === 'bug') throw new TypeError('undefined is not a function');
    return JSON.parse(data) as readonly ChatEvent[];
  },
  end() {
    if (atEnd instanceof Error) throw atEnd;
    return atEnd;
  },
});
const frames = (...parts: readonly (readonly ChatEvent[] | string)[]): Buffer =>
  Buffer.from(parts.map((part) => `data: ${typeof part === 'string' ? part : JSON.stringify(part)}\n\n`).join(''));
const writer: StreamWriter<ChatEvent> = { write: ({ type }) => `<${type}>` };
const translator = (atEnd?: readonly ChatEvent[] | Error) =>
  new StreamTranslator({ reader: createFrameReader(), decoder: decoder(atEnd), writer, asked: 'asked' });
const asText = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe('a translated stream', () => {
  it('is written anew, read by read', () => {
    const stream = translator();
    const written = [frames([START]), frames([hello], [END]), frames([FINISH])].map((read) =>
      asText(stream.push(read)),
    );
    expect(written).toEqual(['<start>', '<text-delta><part-end>', '<finish>']);
  });

  it('is the same however it is cut', () => {
    const whole = frames([START], [hello, END], [FINISH]);
    const results = [...splitInTwo(whole)].map(([first, second]) => {
      const stream = translator();
      return asText(stream.push(first)) + asText(stream.push(second)) + asText(stream.end());
    });
    expect(new Set(results)).toEqual(new Set(['<start><text-delta><part-end><finish>']));
  });

  it('names the model that was asked where the vendor names none', () => {
    const named: StreamWriter<ChatEvent> = { write: (event) => JSON.stringify(event) };
    const parts = { reader: createFrameReader(), decoder: decoder(), writer: named, asked: 'asked' };
    const stream = new StreamTranslator(parts);
    const written = asText(stream.push(frames([{ ...START, model: '' }])));
    expect([JSON.parse(written), stream.summary().model]).toEqual([{ ...START, model: 'asked' }, 'asked']);
  });

  it('commits with content, not with its start', () => {
    const stream = translator();
    stream.push(frames([START, { type: 'usage', usage: { inputTokens: 1, outputTokens: 0 } }]));
    const before = stream.committed;
    stream.push(frames([hello]));
    expect([before, stream.committed]).toEqual([false, true]);
  });

  it('commits with a part that comes whole', () => {
    const stream = translator();
    stream.push(frames([START, { type: 'part', index: 0, part: { type: 'vendor', state: { kind: 'k', data: 1 } } }]));
    expect([stream.committed, stream.progress]).toEqual([true, 1]);
  });

  it('commits with its finish where there is no content', () => {
    const stream = translator();
    stream.push(frames([START, FINISH]));
    expect(stream.committed).toBe(true);
  });

  it('makes progress with content only', () => {
    const stream = translator();
    const steps: (readonly ChatEvent[])[] = [[START], [hello], [], [hello], [END]];
    const progress = steps.map((events) => {
      stream.push(events.length > 0 ? frames(events) : Buffer.from(': ping\n\n'));
      return stream.progress;
    });
    expect(progress).toEqual([0, 1, 1, 2, 2]);
  });

  it('sums up what settling needs', () => {
    const stream = translator();
    const usage = (outputTokens: number): ChatEvent => ({ type: 'usage', usage: { inputTokens: 1, outputTokens } });
    const call: readonly ChatEvent[] = [
      { type: 'tool-start', index: 1, id: 'c', name: 'fun' },
      { type: 'tool-delta', index: 1, json: '{}' },
      { type: 'part-end', index: 1 },
    ];
    stream.push(frames([START, usage(1), hello, END], call, [usage(7), FINISH]));
    expect(stream.summary()).toEqual({
      outputChars: 10,
      model: 'm',
      usage: { inputTokens: 1, outputTokens: 7 },
      finish: { unified: 'stop', raw: 'done' },
    });
  });

  it('sums up nothing where nothing came', () => {
    expect(translator().summary()).toEqual({ outputChars: 0 });
  });
});

describe('a translated stream that fails', () => {
  it('still hands over what came before the failure, and nothing after it', () => {
    const stream = translator();
    const written = asText(stream.push(frames([START, hello], 'fail', [hello])));
    expect([written, stream.failure?.code, asText(stream.push(frames([hello])))]).toEqual([
      '<start><text-delta>',
      'overloaded',
      '',
    ]);
  });

  it('is refused when its events are out of order', () => {
    const stream = translator();
    stream.push(frames([hello]));
    expect(stream.failure?.code).toBe('upstream_invalid_response');
  });

  it('is the fault of the gateway when the decoder has one', () => {
    const stream = translator();
    stream.push(frames('bug'));
    expect(stream.failure?.code).toBe('internal_error');
  });

  it('is cut when it ends without its finish', () => {
    const stream = translator();
    stream.push(frames([START, hello]));
    expect(() => stream.end()).toThrow(expect.objectContaining({ code: 'upstream_truncated' }));
  });

  it('is cut when the decoder says so', () => {
    const stream = translator(gatewayError('upstream_truncated'));
    expect(() => stream.end()).toThrow(expect.objectContaining({ code: 'upstream_truncated' }));
  });
});

it('writes what the decoder still owes at the end', () => {
  const stream = translator([END, FINISH]);
  stream.push(frames([START, hello]));
  expect(asText(stream.end())).toBe('<part-end><finish>');
});

it('takes the last line of a framing that has no mark at its end', () => {
  const stream = new StreamTranslator({ reader: createLineReader(), decoder: decoder(), writer, asked: 'asked' });
  const lines = [
    [START, hello],
    [END, FINISH],
  ]
    .map((events) => JSON.stringify(events))
    .join('\n');
  const written = asText(stream.push(Buffer.from(lines)));
  expect([written, asText(stream.end())]).toEqual(['<start><text-delta>', '<part-end><finish>']);
});
