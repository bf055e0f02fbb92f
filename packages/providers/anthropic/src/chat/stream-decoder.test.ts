import type { ChatEvent } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { createStreamDecoder } from './stream-decoder.js';

type Payload = { readonly type: string } & Record<string, unknown>;

const START: Payload = { type: 'message_start', message: { id: 'msg_1', model: 'claude-x' } };
const STOP: Payload = { type: 'message_stop' };
const block = (content: object): Payload => ({ type: 'content_block_start', index: 0, content_block: content });
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

  it('passes over events and blocks that it does not know', () => {
    expect(decode(START, { type: 'news' }, block({ type: 'news' }), END, STOP)).toHaveLength(2);
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
    const delta = { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{}' } };
    expect(decode(START, block({ type: 'text', text: '' }), delta, END, STOP)).toHaveLength(2);
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
