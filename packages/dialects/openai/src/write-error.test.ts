import { gatewayError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { writeModel, writeModelList, writeOpenAiError } from './index.js';
import { writeOpenAiStreamError } from './write-error.js';

const bodyOf = (error: Parameters<typeof writeOpenAiError>[0]): unknown => JSON.parse(writeOpenAiError(error).body);

describe('an error', () => {
  it('has the four fields that clients read', () => {
    const error = gatewayError('invalid_value', { message: 'No.', details: { param: 'temperature' } });
    expect(writeOpenAiError(error)).toEqual({
      status: 400,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: '{"error":{"message":"No.","type":"invalid_request_error","param":"temperature","code":"invalid_value"}}',
    });
  });

  it('asks for a credential', () => {
    expect(writeOpenAiError(gatewayError('missing_api_key')).headers['www-authenticate']).toBe('Bearer realm="sluice"');
  });

  it('lists the methods that an endpoint takes', () => {
    const error = gatewayError('method_not_allowed', { details: { allow: ['GET', 'POST'] } });
    expect(writeOpenAiError(error).headers['allow']).toBe('GET, POST');
  });

  it.for([
    ['rate_limit_exceeded', 1, '1'],
    ['rate_limit_exceeded', 2_001, '3'],
    ['rate_limit_exceeded', undefined, '1'],
    ['upstream_rate_limited', 9_999_999_999, '3600'],
    ['overloaded', 0, '1'],
    ['draining', undefined, '1'],
    ['idempotency_in_progress', undefined, '1'],
    ['insufficient_quota', undefined, undefined],
    ['insufficient_quota', 5_000, '5'],
    ['upstream_timeout', 5_000, undefined],
  ] as const)('%s after %s ms says Retry-After: %s', ([code, retryAfterMs, expected]) => {
    const error = gatewayError(code, retryAfterMs === undefined ? {} : { details: { retryAfterMs } });
    expect(writeOpenAiError(error).headers['retry-after']).toBe(expected);
  });

  it("shows the provider's code for a refused request", () => {
    const error = gatewayError('upstream_rejected', { details: { upstreamCode: 'bad_voice', param: 'voice' } });
    expect(bodyOf(error)).toMatchObject({ error: { code: 'bad_voice', param: 'voice' } });
  });

  it.for([
    [gatewayError('upstream_rejected'), 'upstream_rejected'],
    [gatewayError('upstream_rate_limited'), 'rate_limit_exceeded'],
    [gatewayError('upstream_timeout', { details: { upstreamCode: 'x' } }), 'upstream_timeout'],
  ] as const)('shows %s as %s', ([error, code]) => expect(bodyOf(error)).toMatchObject({ error: { code } }));

  it('carries the headers that it was given, but not against its own', () => {
    const headers = { 'x-ratelimit-limit-requests': '5', 'content-type': 'text/html' };
    expect(writeOpenAiError(gatewayError('rate_limit_exceeded', { details: { headers } })).headers).toMatchObject({
      'x-ratelimit-limit-requests': '5',
      'content-type': 'application/json; charset=utf-8',
    });
  });

  it('is one frame inside a stream, whatever its message holds', () => {
    const frame = writeOpenAiStreamError(gatewayError('upstream_truncated', { message: 'a\n\nb' }));
    expect(frame).toBe(
      'data: {"error":{"message":"a\\n\\nb","type":"upstream_error","param":null,"code":"upstream_truncated"}}\n\n',
    );
  });
});

describe('the list of models', () => {
  it('is what the SDKs page through', () => {
    expect(writeModelList(['fast'])).toBe(`{"object":"list","data":[${writeModel('fast')}]}`);
  });

  it('holds models', () => {
    expect(JSON.parse(writeModel('fast'))).toEqual({ id: 'fast', object: 'model', created: 0, owned_by: 'sluice' });
  });
});
