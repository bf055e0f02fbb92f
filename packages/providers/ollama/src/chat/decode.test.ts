import { createLineReader } from '@sluice/toolkit';
import { describe, expect, it } from 'vitest';
import { decodeChat } from './decode.js';
import { createLineDecoder } from './stream-decoder.js';

const decode = (answer: object) => decodeChat(Buffer.from(JSON.stringify({ done: true, ...answer })));
const line = (part: object) => JSON.stringify({ model: 'm', done: false, ...part });
const CALL = { function: { name: 'look', arguments: { a: 1 } } };

function read(text: string) {
  const decoder = createLineDecoder();
  const reader = createLineReader();
  const frames = [...reader.push(Buffer.from(text)), ...(reader.end?.() ?? [])];
  return [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

describe('a plain answer', () => {
  it.each([
    [{ done_reason: 'stop' }, { unified: 'stop', raw: 'stop' }],
    [{ done_reason: 'length' }, { unified: 'length', raw: 'length' }],
    [{ done_reason: 'load' }, { unified: 'other', raw: 'load' }],
    [{}, { unified: 'other' }],
  ])('that says %j ends as %j', (reason, finish) => {
    expect(decode({ ...reason, message: { content: 'a' } }).finish).toEqual(finish);
  });

  it('with calls and no reason asks for their results', () => {
    expect(decode({ message: { tool_calls: [CALL] } }).finish).toEqual({ unified: 'tool-calls' });
  });

  it('with calls that were cut off is no request for results', () => {
    const { finish } = decode({ done_reason: 'length', message: { tool_calls: [CALL] } });
    expect(finish.unified).toBe('length');
  });

  it('tells no usage where the server left out the count of a cached prompt', () => {
    expect(decode({ message: { content: 'a' }, eval_count: 5 })).not.toHaveProperty('usage');
  });

  it('that stops before its end was cut', () => {
    const answer = { message: { content: 'a' }, done: false };
    expect(() => decode(answer)).toThrow(expect.objectContaining({ code: 'upstream_truncated' }));
  });

  it('gives a call without an id the same one each time, and each call its own', () => {
    const answer = { created_at: '2025-07-07T20:22:19.5Z', message: { tool_calls: [CALL, CALL] } };
    const ids = () => decode(answer).content.map((part) => (part.type === 'tool-call' ? part.id : ''));
    expect([ids(), ids()]).toEqual([
      ['call_202507072022195_0', 'call_202507072022195_1'],
      ['call_202507072022195_0', 'call_202507072022195_1'],
    ]);
  });

  it.each([
    ['{"b":1,"a":2}', '{"b":1,"a":2}'],
    [undefined, '{}'],
    [null, '{}'],
  ])('may have the arguments %j', (value, json) => {
    const calls = [{ function: { name: 'look', arguments: value } }];
    expect(decode({ message: { tool_calls: calls } }).content).toMatchObject([{ json }]);
  });

  it('with a call of nothing is no answer', () => {
    expect(() => decode({ message: { tool_calls: [{ function: {} }] } })).toThrow(
      expect.objectContaining({ code: 'upstream_invalid_response' }),
    );
  });
});

describe('a stream', () => {
  const said = line({ message: { content: 'a' } });

  it.each([
    ['that ends without its last line', `${said}\n`],
    ['that ends inside a line', `${said}\n{"model":"m","message":{"con`],
    ['of nothing', ''],
  ])('%s was cut', (_, text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'upstream_truncated' }));
  });

  it.each([
    ['that is no JSON', `${said}\n<html>\n`],
    ['with a line that is no object', `[1]\n`],
    ['with a line of nothing', `{}\n`],
  ])('%s is no answer', (_, text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'upstream_invalid_response' }));
  });

  it('needs no line end at its last line', () => {
    expect(read(`${said}\n${line({ done: true, done_reason: 'stop' })}`).at(-1)).toMatchObject({ type: 'finish' });
  });

  it('says nothing behind its end', () => {
    const end = line({ done: true, message: { content: 'b' } });
    expect(read(`${end}\n${said}\n{"error":"late"}\n`).filter(({ type }) => type === 'text-delta')).toHaveLength(1);
  });

  it('keeps reasoning, text and calls of one line apart', () => {
    const all = line({ done: true, message: { thinking: 't', content: 'c', tool_calls: [CALL] } });
    expect(read(all).map((event) => ('index' in event ? `${event.type} ${event.index}` : event.type))).toEqual([
      'start',
      'reasoning-delta 0',
      'part-end 0',
      'text-delta 1',
      'part-end 1',
      'tool-start 2',
      'tool-delta 2',
      'part-end 2',
      'finish',
    ]);
  });
});
