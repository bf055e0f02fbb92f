import { describe, expect, it } from 'vitest';
import {
  classifyInBand,
  createUsageMeter,
  inspectMessage,
  readAnthropicError,
  redactedState,
  signatureState,
  toFinish,
  toStopReason,
  toThinkingBlock,
  toToolInput,
  toToolUseId,
  toUsage,
  toWireUsage,
} from './anthropic-wire.js';

const bytes = (body: unknown): Buffer => Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));

describe('inspectMessage', () => {
  const message = {
    type: 'message',
    model: 'claude-x',
    content: [
      { type: 'thinking', thinking: 'ab', signature: 's' },
      { type: 'text', text: 'cde' },
      { type: 'tool_use', id: 't', name: 'n', input: {} },
      { type: 'redacted_thinking', data: 'x' },
    ],
    stop_reason: 'tool_use',
    usage: { input_tokens: 3, output_tokens: 4, service_tier: 'priority' },
  };

  it('reads what settling needs', () => {
    expect(inspectMessage(bytes(message))).toEqual({
      model: 'claude-x',
      usage: { inputTokens: 3, outputTokens: 4 },
      finish: { unified: 'tool-calls', raw: 'tool_use' },
      serviceTier: 'priority',
      outputChars: 7,
    });
  });

  it('leaves out what the answer does not say', () => {
    expect(inspectMessage(bytes({ type: 'message', content: [] }))).toEqual({ outputChars: 0 });
  });

  it.each([
    ['an empty body', ''],
    ['a web page', '<html></html>'],
    ['null', 'null'],
    ['a list', '[]'],
    ['an object of another kind', '{"choices":[]}'],
    ['a message without content', '{"type":"message"}'],
  ])('refuses %s', (_name, body) => {
    expect(() => inspectMessage(bytes(body))).toThrow(expect.objectContaining({ code: 'upstream_invalid_response' }));
  });

  it('maps an error inside a 200 answer by its type', () => {
    const body = { type: 'error', error: { type: 'rate_limit_error', message: 'slow down' } };
    expect(() => inspectMessage(bytes(body))).toThrow(expect.objectContaining({ code: 'upstream_rate_limited' }));
  });

  it('finds every cut of an answer', () => {
    const whole = bytes(message);
    const codes = new Set<string>();
    for (let length = 1; length < whole.length; length += 1) {
      try {
        inspectMessage(whole.subarray(0, length));
        codes.add(`taken at ${length}`);
      } catch (error) {
        codes.add((error as { code: string }).code);
      }
    }
    expect([...codes]).toEqual(['upstream_truncated']);
  });
});

describe('classifyInBand', () => {
  it.each([
    ['overloaded_error', 'overloaded'],
    ['rate_limit_error', 'upstream_rate_limited'],
    ['api_error', 'upstream_invalid_response'],
    ['timeout_error', 'upstream_timeout'],
    ['invalid_request_error', 'upstream_rejected'],
    ['authentication_error', 'upstream_auth_error'],
    ['permission_error', 'upstream_auth_error'],
    ['billing_error', 'upstream_auth_error'],
    ['not_found_error', 'upstream_model_not_found'],
    ['request_too_large', 'request_too_large'],
    ['something_new', 'upstream_invalid_response'],
    ['constructor', 'upstream_invalid_response'],
  ])('reads %s as %s', (type, code) => {
    expect(classifyInBand({ type }).code).toBe(code);
  });

  it('says that the answer itself was a 200', () => {
    expect(classifyInBand({ type: 'overloaded_error' }).details.upstreamStatus).toBe(200);
  });

  it('keeps what the vendor says of its own trouble to itself', () => {
    expect(classifyInBand({ type: 'api_error', message: 'node 7 is on fire' }).message).not.toContain('node 7');
  });

  it('recognises a prompt that is too long', () => {
    const vendor = { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' };
    expect(classifyInBand(vendor).code).toBe('context_length_exceeded');
  });
});

describe('readAnthropicError', () => {
  it('reads type, message and code', () => {
    const error = { type: 'invalid_request_error', message: 'no', details: { error_code: 'too_new' } };
    expect(readAnthropicError({ type: 'error', error })).toEqual({
      type: 'invalid_request_error',
      message: 'no',
      code: 'too_new',
    });
  });

  it.each([undefined, null, 'text', [], { error: 'text' }])('is empty for %j', (body) => {
    expect(readAnthropicError(body)).toEqual({});
  });
});

describe('usage', () => {
  it('counts cached and cache-write tokens as input', () => {
    const usage = { input_tokens: 1, cache_read_input_tokens: 20, cache_creation_input_tokens: 300, output_tokens: 4 };
    expect(toUsage(usage)).toEqual({
      inputTokens: 321,
      outputTokens: 4,
      cachedInputTokens: 20,
      cacheWriteTokens: 300,
    });
  });

  it('comes back as it was after both conversions', () => {
    const wire = {
      input_tokens: 1,
      cache_creation_input_tokens: 300,
      cache_read_input_tokens: 20,
      cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 },
      output_tokens: 9,
      output_tokens_details: { thinking_tokens: 5 },
    };
    expect(toWireUsage(toUsage(wire))).toMatchObject(wire);
  });

  it('counts the searches that the vendor made', () => {
    const usage = { input_tokens: 1, server_tool_use: { web_search_requests: 3, web_fetch_requests: 0 } };
    expect(toUsage(usage)).toEqual({ inputTokens: 1, outputTokens: 0, searchUnits: 3 });
  });

  it('has every field that the types of the SDK have at all times', () => {
    expect(toWireUsage(undefined, { serviceTier: 'default', own: { speed: 'fast' } })).toEqual({
      input_tokens: 0,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      cache_creation: null,
      output_tokens: 0,
      output_tokens_details: null,
      inference_geo: null,
      server_tool_use: null,
      service_tier: 'standard',
      speed: 'fast',
    });
  });

  it('never writes a negative count', () => {
    expect(toWireUsage({ inputTokens: 1, cachedInputTokens: 5, outputTokens: 0 }).input_tokens).toBe(0);
  });

  it('writes zeros where nothing is known', () => {
    expect(toWireUsage(undefined)).toMatchObject({ input_tokens: 0, output_tokens: 0 });
  });

  it('takes the largest of cumulative counts', () => {
    const meter = createUsageMeter();
    meter.see({ input_tokens: 10, output_tokens: 1 });
    meter.see({ output_tokens: 8 });
    meter.see({ output_tokens: 5, input_tokens: 0 });
    expect(meter.usage()).toEqual({ inputTokens: 10, outputTokens: 8 });
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 1.5, '12', null])('passes over the count %j', (lie) => {
    expect(toUsage({ input_tokens: 2, output_tokens: lie })).toEqual({ inputTokens: 2, outputTokens: 0 });
  });

  it('knows nothing without a count', () => {
    expect(toUsage({ service_tier: 'standard' })).toBeUndefined();
  });
});

describe('stop reasons', () => {
  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['pause_turn', 'stop'],
    ['compaction', 'stop'],
    ['tool_use', 'tool-calls'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['refusal', 'content-filter'],
    ['something_new', 'other'],
    ['toString', 'other'],
  ])('reads %s as %s', (raw, unified) => {
    expect(toFinish(raw)).toEqual({ unified, raw });
  });

  it('writes the own word of this wire again', () => {
    expect(toStopReason({ unified: 'stop', raw: 'pause_turn' })).toBe('pause_turn');
  });

  it('translates the word of another vendor', () => {
    expect(toStopReason({ unified: 'tool-calls', raw: 'tool_calls' })).toBe('tool_use');
  });

  it("writes a word of tomorrow again where it is this wire's", () => {
    const opaque = { kind: 'anthropic-messages', data: { stop_reason: 'tired' } };
    expect(toStopReason({ unified: 'other', raw: 'tired', opaque })).toBe('tired');
  });

  it('has no finish while there is no stop reason', () => {
    expect(toFinish(null)).toBeUndefined();
  });
});

describe('blocks', () => {
  it('makes a signed part the block it was', () => {
    const part = { type: 'reasoning', text: 'hm', opaque: signatureState('c2ln') } as const;
    expect(toThinkingBlock(part)).toEqual({ type: 'thinking', thinking: 'hm', signature: 'c2ln' });
  });

  it('makes a redacted part the block it was', () => {
    const part = { type: 'reasoning', text: '', opaque: redactedState('ZGF0YQ') } as const;
    expect(toThinkingBlock(part)).toEqual({ type: 'redacted_thinking', data: 'ZGF0YQ' });
  });

  it.each([
    undefined,
    { kind: 'openai-responses', data: { signature: 'x' } },
    { kind: 'anthropic-messages', data: 'x' },
    { kind: 'anthropic-messages', data: {} },
  ])('makes no block of the state %j', (opaque) => {
    expect(toThinkingBlock({ type: 'reasoning', text: 'hm', ...(opaque ? { opaque } : {}) })).toBeUndefined();
  });

  it.each([
    ['', {}],
    ['  ', {}],
    ['{"a":1}', { a: 1 }],
    ['{"a":', { INVALID_JSON: '{"a":' }],
    ['[1]', { INVALID_JSON: '[1]' }],
  ])('reads the arguments %j', (json, input) => {
    expect(toToolInput(json)).toEqual(input);
  });

  it.each([
    ['call_1-A', 'call_1-A'],
    ['call.1:x', 'call_1_x'],
    ['', 'toolu_0'],
  ])('writes the id %j', (id, written) => {
    expect(toToolUseId(id)).toBe(written);
  });
});
