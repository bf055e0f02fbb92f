import { describe, expect, it } from 'vitest';
import { decodeChat } from './decode.js';
import { createEventDecoder } from './stream-decoder.js';

const decode = (answer: object) =>
  decodeChat(Buffer.from(JSON.stringify({ id: 'a', finish_reason: 'COMPLETE', message: {}, ...answer })));

/** Reads events as the vendor sends them, each with its own type. */
function read(...events: readonly object[]) {
  const decoder = createEventDecoder();
  const seen = events.flatMap((event) => [...decoder.push({ data: JSON.stringify(event) })]);
  return [...seen, ...decoder.end()];
}
const START = { type: 'message-start', id: 'a' };
const END = { type: 'message-end', delta: { finish_reason: 'COMPLETE' } };
const say = (text: string, index = 0) => ({ type: 'content-delta', index, delta: { message: { content: { text } } } });
const call = (type: string, index: number, tool_calls?: object) => ({
  type,
  index,
  delta: { message: { tool_calls } },
});
const begin = (index: number, id = `c${index}`) =>
  call('tool-call-start', index, { id, function: { name: 'look', arguments: '' } });
const grow = (index: number, json: string) => call('tool-call-delta', index, { function: { arguments: json } });

describe('a plain answer', () => {
  it.each([
    ['COMPLETE', 'stop'],
    ['STOP_SEQUENCE', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['TOOL_CALL', 'tool-calls'],
    ['SOMETHING_NEW', 'other'],
  ])('that says %s ends with %s', (reason, unified) => {
    expect(decode({ finish_reason: reason }).finish).toEqual({ unified, raw: reason });
  });

  it.each([
    ['ERROR', 'upstream_invalid_response'],
    ['TIMEOUT', 'upstream_timeout'],
  ])('that says %s failed with %s', (reason, code) => {
    expect(() => decode({ finish_reason: reason })).toThrow(expect.objectContaining({ code }));
  });

  it('may hold its text as a string', () => {
    expect(decode({ message: { content: 'hi' } }).content).toEqual([{ type: 'text', text: 'hi' }]);
  });

  it.each([undefined, null, '', 'null', ' null '])('may have the arguments %j', (value) => {
    const calls = [{ id: 'c', function: { name: 'look', arguments: value } }];
    expect(decode({ message: { tool_calls: calls } }).content).toMatchObject([{ json: '{}' }]);
  });

  it('counts what it is charged for where nothing else is told', () => {
    const usage = { billed_units: { input_tokens: 3, output_tokens: 4 } };
    expect(decode({ usage }).usage).toEqual({ inputTokens: 3, outputTokens: 4 });
  });

  it.each([
    [{ message: undefined }, 'upstream_invalid_response'],
    [{ finish_reason: undefined }, 'upstream_invalid_response'],
    [{ message: 'too many tokens: size limit exceeded' }, 'context_length_exceeded'],
    [{ message: { tool_calls: [{}] } }, 'upstream_invalid_response'],
  ])('that is %j is none', (answer, code) => {
    expect(() => decode(answer)).toThrow(expect.objectContaining({ code }));
  });

  it('keeps a citation without sources or place', () => {
    const citations = [{ text: 'a' }];
    expect(decode({ message: { content: [{ type: 'text', text: 'a' }], citations } }).content).toEqual([
      { type: 'text', text: 'a', citations: [{ opaque: { kind: 'cohere-chat', data: { text: 'a' } } }] },
    ]);
  });
});

describe('a stream', () => {
  it('without its last event was cut', () => {
    expect(() => read(START, say('a'))).toThrow(expect.objectContaining({ code: 'upstream_truncated' }));
  });

  it('that begins late begins all the same', () => {
    expect(read(say('a'), END).map(({ type }) => type)).toEqual(['start', 'text-delta', 'part-end', 'finish']);
  });

  it('says nothing behind its end', () => {
    expect(read(START, END, say('late'), { message: 'late' })).toHaveLength(2);
  });

  it('keeps blocks apart that follow each other', () => {
    const indices = read(START, say('a', 0), say('b', 0), say('c', 1), END).map((event) =>
      event.type === 'text-delta' ? event.index : undefined,
    );
    expect(indices.filter((index) => index !== undefined)).toEqual([0, 0, 1]);
  });

  it('brings calls that grow side by side', () => {
    const events = read(
      START,
      begin(0),
      begin(1),
      grow(1, '{"b"'),
      grow(0, '{}'),
      grow(1, ':1}'),
      call('tool-call-end', 1),
      END,
    );
    expect(events.map((event) => ('index' in event ? `${event.type} ${event.index}` : event.type))).toEqual([
      'start',
      'tool-start 0',
      'tool-start 1',
      'tool-delta 1',
      'tool-delta 0',
      'tool-delta 1',
      'part-end 1',
      'part-end 0',
      'finish',
    ]);
  });

  it('takes null for the arguments of a tool that has none', () => {
    const deltas = read(START, begin(0), grow(0, 'null'), call('tool-call-end', 0), END);
    expect(deltas.find(({ type }) => type === 'tool-delta')).toMatchObject({ json: '{}' });
  });

  it.each([
    ['goes on with a call that it never began', [START, grow(0, '{}')]],
    ['calls nothing by name', [START, call('tool-call-start', 0, { id: 'c' })]],
    ['tells an error', [START, { id: 'e', message: 'internal server error' }]],
  ])('that %s is no answer', (_, events) => {
    expect(() => read(...events)).toThrow(expect.objectContaining({ code: 'upstream_invalid_response' }));
  });

  it('takes an event by the name error for one, whatever it holds', () => {
    const frame = { event: 'error', data: '{"type":"x","message":"too many tokens: size limit exceeded"}' };
    expect(() => createEventDecoder().push(frame)).toThrow(
      expect.objectContaining({ code: 'context_length_exceeded' }),
    );
  });

  it('has no place for a citation of what is not text', () => {
    const cite = { type: 'citation-start', delta: { message: { citations: { start: 0, end: 1, text: 'a' } } } };
    expect(read(START, cite, begin(0), cite, END).filter(({ type }) => type === 'citation')).toEqual([]);
  });

  it('passes over events that are new', () => {
    expect(read(START, { type: 'debug', prompt: 'x' }, { type: 'content-blink' }, END)).toHaveLength(2);
  });
});
