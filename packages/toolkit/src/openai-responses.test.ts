import { describe, expect, it } from 'vitest';
import { createResponsesScanner, inspectResponse, readResponsesUsage } from './openai-responses.js';

const USAGE = {
  input_tokens: 9,
  input_tokens_details: { cached_tokens: 4, cache_write_tokens: 1 },
  output_tokens: 7,
  output_tokens_details: { reasoning_tokens: 3 },
};
const COUNTS = { inputTokens: 9, outputTokens: 7, cachedInputTokens: 4, cacheWriteTokens: 1, reasoningTokens: 3 };
const OUTPUT = [
  { type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] },
  {
    type: 'message',
    content: [
      { type: 'output_text', text: 'Hello' },
      { type: 'refusal', refusal: 'No' },
    ],
  },
  { type: 'function_call', arguments: '{}' },
];
const response = (fields: object): object => ({
  object: 'response',
  model: 'm',
  status: 'completed',
  output: OUTPUT,
  usage: USAGE,
  ...fields,
});
const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const event = (type: string, fields: object = {}): Uint8Array =>
  Buffer.from(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`);

describe('a plain response', () => {
  it('tells model, usage, end and how much was said', () => {
    expect(inspectResponse(bytes(response({})))).toEqual({
      model: 'm',
      usage: COUNTS,
      finish: { unified: 'stop', raw: 'completed' },
      outputChars: 11,
    });
  });

  it.for([
    [
      { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
      { unified: 'length', raw: 'max_output_tokens' },
    ],
    [
      { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
      { unified: 'content-filter', raw: 'content_filter' },
    ],
    [{ status: 'incomplete' }, { unified: 'length', raw: 'incomplete' }],
    [{ status: 'cancelled' }, { unified: 'other', raw: 'cancelled' }],
    [{ status: 'queued' }, undefined],
  ] as const)('%j ends as %j', ([fields, finish]) => {
    expect(inspectResponse(bytes(response(fields))).finish).toEqual(finish);
  });

  it('is the error that it holds where it failed', () => {
    const failed = response({ status: 'failed', error: { code: 'rate_limit_exceeded', message: 'Slow down' } });
    expect(() => inspectResponse(bytes(failed))).toThrow(expect.objectContaining({ code: 'upstream_rate_limited' }));
  });

  it.for([{}, { object: 'list', output: [] }, { object: 'response' }])('is not %j', (body) => {
    expect(() => inspectResponse(bytes(body))).toThrow(expect.objectContaining({ code: 'upstream_invalid_response' }));
  });

  it('has no usage where its counts are no counts', () => {
    expect([readResponsesUsage(null), readResponsesUsage({ input_tokens: -1, output_tokens: 1 })]).toEqual([
      undefined,
      undefined,
    ]);
  });
});

describe('a stream of typed events', () => {
  it('commits to nothing before the first word', () => {
    const scanner = createResponsesScanner();
    for (const type of ['response.created', 'response.in_progress', 'response.queued'])
      scanner.push(event(type, { response: {} }));
    scanner.push(event('response.output_item.added', { item: { type: 'reasoning' } }));
    scanner.push(event('response.output_item.added', { item: { type: 'message' } }));
    expect(scanner.committed).toBe(false);
  });

  it.for([
    event('response.output_text.delta', { delta: 'Hi' }),
    event('response.output_item.added', { item: { type: 'function_call' } }),
  ])('commits with its first content', (frame) => {
    const scanner = createResponsesScanner();
    scanner.push(frame);
    expect(scanner.committed).toBe(true);
  });

  it('names the service tier that was used', () => {
    const whole = response({ service_tier: 'flex' });
    const scanner = createResponsesScanner();
    scanner.push(event('response.completed', { response: whole }));
    expect([inspectResponse(bytes(whole)).serviceTier, scanner.summary().serviceTier]).toEqual(['flex', 'flex']);
  });

  it('sums up at its last event and ends there', () => {
    const scanner = createResponsesScanner();
    scanner.push(event('response.output_text.delta', { delta: 'Hello "type":"error"' }));
    scanner.push(event('response.completed', { response: response({}) }));
    expect([scanner.finished, scanner.end().length, scanner.summary()]).toMatchObject([
      true,
      0,
      { model: 'm', usage: COUNTS, finish: { unified: 'stop' }, outputChars: 24 },
    ]);
  });

  it.for([
    event('response.failed', { response: { error: { code: 'server_error', message: 'Broken' } } }),
    event('error', { code: 'server_error', message: 'Broken' }),
    event('error', { error: { code: 'server_error', message: 'Broken' } }),
  ])('fails with what it reports', (frame) => {
    const scanner = createResponsesScanner();
    scanner.push(event('response.output_text.delta', { delta: 'Hi' }));
    expect([scanner.push(frame).length, scanner.failure?.code]).toEqual([0, 'upstream_invalid_response']);
  });

  it('is cut where its last event is missing', () => {
    const scanner = createResponsesScanner();
    scanner.push(event('response.output_text.delta', { delta: 'Hi' }));
    expect(() => scanner.end()).toThrow(expect.objectContaining({ code: 'upstream_truncated' }));
  });

  it('cannot be read where an event is no JSON', () => {
    const scanner = createResponsesScanner();
    scanner.push(Buffer.from('data: {"a\n\n'));
    expect(scanner.failure).toMatchObject({ code: 'upstream_invalid_response' });
  });
});
