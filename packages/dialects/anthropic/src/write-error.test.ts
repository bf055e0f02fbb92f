import { gatewayError } from '@sluice/contract';
import type { ErrorCode, ErrorDetails } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { writeAnthropicError, writeStreamError } from './write-error.js';

const CONTEXT = { requestId: 'req-1' };
const write = (code: ErrorCode, details: ErrorDetails = {}) =>
  writeAnthropicError(gatewayError(code, { message: 'No.', details }), CONTEXT);

describe('the body', () => {
  it.each<[ErrorCode, string]>([
    ['invalid_value', 'invalid_request_error'],
    ['invalid_api_key', 'authentication_error'],
    ['model_not_allowed', 'permission_error'],
    ['model_not_found', 'not_found_error'],
    ['method_not_allowed', 'invalid_request_error'],
    ['idempotency_in_progress', 'invalid_request_error'],
    ['request_too_large', 'request_too_large'],
    ['insufficient_quota', 'rate_limit_error'],
    ['internal_error', 'api_error'],
    ['upstream_truncated', 'api_error'],
    ['no_healthy_provider', 'overloaded_error'],
    ['upstream_timeout', 'timeout_error'],
  ])('tells %s as %s', (code, type) => {
    expect(JSON.parse(write(code).body)).toEqual({
      type: 'error',
      error: { type, message: 'No.', code },
      request_id: 'req-1',
    });
  });

  it("shows a provider's limit as a limit", () => {
    const { status, body } = write('upstream_rate_limited');
    expect([status, JSON.parse(body)]).toMatchObject([
      429,
      { error: { type: 'rate_limit_error', code: 'rate_limit_exceeded' } },
    ]);
  });

  it("shows the provider's own code of a refused request", () => {
    const { body } = write('upstream_rejected', { upstreamCode: 'too_old' });
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'too_old' } });
  });
});

describe('the headers', () => {
  it('carry the id where the SDK looks for it', () => {
    expect(write('invalid_value').headers['request-id']).toBe('req-1');
  });

  it.each<[ErrorCode, ErrorDetails, string | undefined]>([
    ['rate_limit_exceeded', { retryAfterMs: 1_200 }, '2'],
    ['rate_limit_exceeded', { retryAfterMs: 0 }, '1'],
    ['upstream_rate_limited', { retryAfterMs: 99_999_999 }, '3600'],
    ['draining', {}, '1'],
    ['insufficient_quota', {}, undefined],
    ['insufficient_quota', { retryAfterMs: 5_000 }, '5'],
    ['upstream_timeout', { retryAfterMs: 5_000 }, undefined],
  ])('of %s with %j say to wait for %s', (code, details, seconds) => {
    expect(write(code, details).headers['retry-after']).toBe(seconds);
  });

  it('ask for a credential on 401', () => {
    expect(write('missing_api_key').headers['www-authenticate']).toBe('Bearer realm="sluice"');
  });

  it('name the methods on 405', () => {
    expect(write('method_not_allowed', { allow: ['GET', 'POST'] }).headers.allow).toBe('GET, POST');
  });

  it('carry those of the error, but not over its own', () => {
    const headers = { 'x-ratelimit-limit-requests': '5', 'content-type': 'text/html' };
    expect(write('rate_limit_exceeded', { headers }).headers).toMatchObject({
      'x-ratelimit-limit-requests': '5',
      'content-type': 'application/json; charset=utf-8',
    });
  });
});

it('writes the error of a stream as an event that the SDK throws', () => {
  const text = writeStreamError(gatewayError('upstream_truncated', { message: 'Cut.' }), CONTEXT);
  expect(text).toBe(
    'event: error\ndata: {"type":"error","error":{"type":"api_error","message":"Cut.","code":"upstream_truncated"},"request_id":"req-1"}\n\n',
  );
});
