import { describe, expect, it } from 'vitest';
import { createAnthropicScanner } from './anthropic-wire.js';

const frame = (payload: { type: string } & Record<string, unknown>): string =>
  `event: ${payload.type}\ndata: ${JSON.stringify(payload)}\n\n`;
const START = frame({
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    model: 'claude-x',
    usage: { input_tokens: 10, output_tokens: 1, service_tier: 'standard' },
  },
});
const BLOCK = frame({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } });
const text = (words: string): string =>
  frame({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: words } });
const DELTA = frame({
  type: 'message_delta',
  delta: { stop_reason: 'end_turn', stop_sequence: null },
  usage: { input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 7 },
});
const STOP = frame({ type: 'message_stop' });
const PING = frame({ type: 'ping' });
const OVERLOADED = frame({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
const bytes = (text: string): Buffer => Buffer.from(text);

describe('createAnthropicScanner', () => {
  it('forwards the very bytes of a stream without a fault', () => {
    const stream = START + PING + BLOCK + text('Hello') + DELTA + STOP;
    const scanner = createAnthropicScanner();
    expect(scanner.push(bytes(stream)).toString()).toBe(stream);
  });

  it('reads model, usage and stop reason while the stream passes', () => {
    const scanner = createAnthropicScanner();
    scanner.push(bytes(START + BLOCK + text('Hello') + DELTA + STOP));
    expect(scanner.summary()).toEqual({
      model: 'claude-x',
      usage: { inputTokens: 15, outputTokens: 7, cachedInputTokens: 5 },
      finish: { unified: 'stop', raw: 'end_turn' },
      serviceTier: 'default',
      outputChars: 5,
    });
  });

  it('stays uncommitted through message_start and ping', () => {
    const scanner = createAnthropicScanner();
    scanner.push(bytes(START + PING));
    expect(scanner.committed).toBe(false);
  });

  it('commits with the first content block', () => {
    const scanner = createAnthropicScanner();
    scanner.push(bytes(START + BLOCK));
    expect(scanner.committed).toBe(true);
  });

  it('keeps from the caller what Vertex AI adds to the dialect', () => {
    const usage = { input_tokens: 9, output_tokens: 1, tiers: { '0-to-200000': { input_tokens: 9 } } };
    const added = frame({ type: 'vertex_event', usage });
    const scanner = createAnthropicScanner();
    const passed = [START + added + BLOCK, text('Hello') + added, DELTA + STOP].map((read) =>
      Buffer.from(scanner.push(bytes(read))).toString(),
    );
    expect([passed.join(''), scanner.summary().usage]).toEqual([
      START + BLOCK + text('Hello') + DELTA + STOP,
      { inputTokens: 15, outputTokens: 7, cachedInputTokens: 5 },
    ]);
  });

  it('counts text, thinking and tool arguments as output', () => {
    const scanner = createAnthropicScanner();
    const thinking = { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'abc' } };
    const json = { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '12' } };
    scanner.push(bytes(START + BLOCK + text('Hello') + frame(thinking) + frame(json)));
    expect(scanner.summary().outputChars).toBe(10);
  });

  it.each([1, 7, 64])('comes to the same summary in reads of %d bytes', (size) => {
    const stream = bytes(START + PING + BLOCK + text('H\u00e9llo \u{1f600}') + DELTA + STOP);
    const scanner = createAnthropicScanner();
    for (let at = 0; at < stream.length; at += size) scanner.push(stream.subarray(at, at + size));
    expect(scanner.summary()).toMatchObject({
      usage: { inputTokens: 15, outputTokens: 7 },
      finish: { unified: 'stop' },
    });
  });

  it('keeps an error event from the caller and names the failure', () => {
    const scanner = createAnthropicScanner();
    const forwarded = scanner.push(bytes(START + BLOCK + text('Hel') + OVERLOADED + STOP)).toString();
    expect({ forwarded, code: scanner.failure?.code }).toEqual({
      forwarded: START + BLOCK + text('Hel'),
      code: 'overloaded',
    });
  });

  it('takes words that look like an error event for words', () => {
    const scanner = createAnthropicScanner();
    scanner.push(bytes(START + BLOCK + text('"type":"error"\n\nevent: error\ndata: {"type":"error"}')));
    expect(scanner.failure).toBeUndefined();
  });

  it('reports a stream without message_stop as truncated', () => {
    const scanner = createAnthropicScanner();
    scanner.push(bytes(START + BLOCK + text('Hel') + DELTA));
    expect(() => scanner.end()).toThrow(expect.objectContaining({ code: 'upstream_truncated' }));
  });

  it('ends quietly after message_stop', () => {
    const scanner = createAnthropicScanner();
    scanner.push(bytes(START + BLOCK + DELTA + STOP));
    expect(scanner.end()).toHaveLength(0);
  });

  it('passes over messages without a body', () => {
    const scanner = createAnthropicScanner();
    scanner.push(bytes(frame({ type: 'message_start' }) + frame({ type: 'message_delta' })));
    expect(scanner.summary()).toEqual({ outputChars: 0 });
  });

  it('passes over events without data', () => {
    const scanner = createAnthropicScanner();
    scanner.push(bytes('event: ping\ndata:\n\n'));
    expect(scanner.failure).toBeUndefined();
  });

  it('fails on an event that is no JSON', () => {
    const scanner = createAnthropicScanner();
    scanner.push(bytes(`${START}data: <html>\n\n`));
    expect(scanner.failure?.code).toBe('upstream_invalid_response');
  });

  it('notices an error event that does not repeat its type', () => {
    const scanner = createAnthropicScanner();
    scanner.push(bytes(`${START}${BLOCK}event: error\ndata: {"error":{"type":"rate_limit_error"}}\n\n`));
    expect(scanner.failure?.code).toBe('upstream_rate_limited');
  });
});
