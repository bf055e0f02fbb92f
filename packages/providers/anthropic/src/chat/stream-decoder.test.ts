import type { ChatEvent } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { createStreamDecoder } from './stream-decoder.js';

type Payload = { readonly type: string } & Record<string, unknown>;

const START: Payload = { type: 'message_start', message: { id: 'msg_1', model: 'claude-x' } };
const STOP: Payload = { type: 'message_stop' };
const block = (content: object): Payload => ({ type: 'content_block_start', index: 0, content_block: content });
const delta = (fields: object): Payload => ({ type: 'content_block_delta', index: 0, delta: fields });
const END: Payload = { type: 'content_block_stop', index: 0 };

function decode(...payloads: readonly Payload[]): readonly ChatEvent[] {
  const decoder = createStreamDecoder();
  const frame = (payload: Payload) => ({ event: payload.type, data: JSON.stringify(payload) });
  return [...payloads.flatMap((payload) => decoder.push(frame(payload))), ...decoder.end()];
}

describe('createStreamDecoder', () => {
  it('says that a stream was cut where message_stop never came', () => {
    expect(() => decode(START)).toThrow(expect.objectContaining({ code: 'upstream_truncated' }));
  });

  it('finishes as other where no stop reason came', () => {
    expect(decode(START, STOP).at(-1)).toEqual({ type: 'finish', finish: { unified: 'other' } });
  });

  it('passes over what comes after the end', () => {
    expect(decode(START, STOP, START)).toHaveLength(2);
  });

  it('passes over events that it does not know', () => {
    expect(decode(START, { type: 'news' }, STOP)).toHaveLength(2);
  });

  it('keeps a block that it does not know whole, with what its deltas bring', () => {
    const news = block({ type: 'compaction', content: null });
    const brought = delta({ type: 'compaction_delta', content: 'All of it.', encrypted_content: 'ZW5j' });
    const data = { type: 'compaction', content: 'All of it.', encrypted_content: 'ZW5j' };
    expect(decode(START, news, brought, END, STOP)).toContainEqual({
      type: 'part',
      index: 0,
      part: { type: 'vendor', state: { kind: 'anthropic-messages', data } },
    });
  });

  it('keeps every digit of a call that came whole', () => {
    const data = JSON.stringify(block({ type: 'tool_use', id: 't', name: 'look', input: { id: '?' } }));
    const [, told] = createStreamDecoder().push({ data: data.replace('"?"', '12345678901234567890') });
    expect(told).toEqual({ type: 'tool-delta', index: 0, json: '{"id":12345678901234567890}' });
  });

  it('keeps input that is no JSON as the text that it is', () => {
    const call = block({ type: 'server_tool_use', id: 's', name: 'web_search', input: {} });
    const [, event] = decode(START, call, delta({ type: 'input_json_delta', partial_json: '{"q' }), END, STOP);
    expect(event).toMatchObject({ type: 'part', part: { state: { data: { input: '{"q' } } } });
  });

  it('ends a block that another one interrupts, and one that the end of the message does', () => {
    const text = block({ type: 'text', text: 'Hi' });
    const types = decode(START, text, text, STOP).map((event) => [event.type, 'index' in event ? event.index : 0]);
    expect(types).toEqual([
      ['start', 0],
      ['text-delta', 0],
      ['part-end', 0],
      ['text-delta', 1],
      ['part-end', 1],
      ['finish', 0],
    ]);
  });

  it('opens a part for a citation that comes before its text', () => {
    const cite = { type: 'web_search_result_location', url: 'https://example.com', encrypted_index: 'x' };
    const events = decode(START, block({ type: 'text', text: '', citations: [cite] }), END, STOP);
    expect(events.slice(1, 3)).toMatchObject([
      { type: 'text-delta', text: '' },
      { type: 'citation', citation: { url: 'https://example.com' } },
    ]);
  });

  it('makes no part of a block without content', () => {
    expect(decode(START, block({ type: 'text', text: '' }), END, STOP)).toHaveLength(2);
  });

  it('takes text that the start of a block brings along', () => {
    expect(decode(START, block({ type: 'text', text: 'Hi' }), END, STOP)).toContainEqual({
      type: 'text-delta',
      index: 0,
      text: 'Hi',
    });
  });

  it('takes a signature that the start of a block brings along', () => {
    const thinking = block({ type: 'thinking', thinking: 'hm', signature: 'c2ln' });
    expect(decode(START, thinking, END, STOP)).toContainEqual({
      type: 'part-end',
      index: 0,
      opaque: { kind: 'anthropic-messages', data: { signature: 'c2ln' } },
    });
  });

  it('takes arguments that the start of a block brings along', () => {
    const tool = block({ type: 'tool_use', id: 't', name: 'look', input: { a: 1 } });
    expect(decode(START, tool, END, STOP)).toContainEqual({ type: 'tool-delta', index: 0, json: '{"a":1}' });
  });

  it('passes over deltas that do not belong to the open block', () => {
    const stray = delta({ type: 'input_json_delta', partial_json: '{}' });
    expect(decode(START, block({ type: 'text', text: '' }), stray, END, STOP)).toHaveLength(2);
  });

  it('throws what an error event stands for', () => {
    const error = { type: 'error', error: { type: 'api_error', message: 'Internal' } };
    expect(() => decode(START, error)).toThrow(expect.objectContaining({ code: 'upstream_invalid_response' }));
  });

  it.each(['<html>', '[]', '{"type":"message_start"}'])('refuses the event %j', (data) => {
    expect(() => createStreamDecoder().push({ data })).toThrow(
      expect.objectContaining({ code: 'upstream_invalid_response' }),
    );
  });
});
