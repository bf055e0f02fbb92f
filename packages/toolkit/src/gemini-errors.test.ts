import type { JsonObject } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { classifyGoogle, classifyGoogleInBand, readGoogleError, toRpcStatus, writeGoogleError } from './gemini-wire.js';

describe('an error', () => {
  const status = (error: JsonObject) => readGoogleError({ error });
  const info = (reason: string) => ({ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason });
  const retry = (retryDelay: string) => ({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay });
  const head = (code: number, headers: Readonly<Record<string, string>> = {}) => ({ status: code, headers });

  it.for<readonly [JsonObject, string]>([
    [{ code: 400, status: 'INVALID_ARGUMENT', message: 'Bad.' }, 'upstream_rejected'],
    [
      { code: 400, status: 'INVALID_ARGUMENT', message: 'x', details: [info('API_KEY_INVALID')] },
      'upstream_auth_error',
    ],
    [{ code: 400, message: 'API key not valid. Please pass a valid API key.' }, 'upstream_auth_error'],
    [
      { code: 400, message: 'The input token count (12) exceeds the maximum number of tokens allowed (10).' },
      'context_length_exceeded',
    ],
    [
      {
        code: 400,
        message: 'Unable to submit request because the input token count is 12 but model only supports up to 10.',
      },
      'context_length_exceeded',
    ],
    [
      { code: 400, status: 'FAILED_PRECONDITION', message: 'User location is not supported for the API use.' },
      'upstream_auth_error',
    ],
    [{ code: 400, status: 'FAILED_PRECONDITION', message: 'The file is not ready.' }, 'upstream_rejected'],
    [{ code: 403, status: 'PERMISSION_DENIED', message: 'x' }, 'upstream_auth_error'],
    [{ code: 404, status: 'NOT_FOUND', message: 'models/x is not found' }, 'upstream_model_not_found'],
    [{ code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Quota.' }, 'upstream_rate_limited'],
    [{ code: 499, status: 'CANCELLED', message: 'x' }, 'upstream_invalid_response'],
    [{ code: 500, status: 'INTERNAL', message: 'x' }, 'upstream_invalid_response'],
    [{ code: 503, status: 'UNAVAILABLE', message: 'x' }, 'overloaded'],
    [{ code: 504, status: 'DEADLINE_EXCEEDED', message: 'x' }, 'upstream_timeout'],
  ])('%j is %s, as an answer and inside one', ([error, code]) => {
    const read = status(error);
    expect([classifyGoogle(head(error.code as number), read).code, classifyGoogleInBand(read).code]).toEqual([
      code,
      code,
    ]);
  });

  it.for<readonly [string, number]>([
    ['53s', 53_000],
    ['0.5s', 500],
    ['45.837906927s', 45_838],
  ])('tells in its details to wait %s', ([delay, retryAfterMs]) => {
    const read = status({ code: 429, details: [info('x'), retry(delay)] });
    const clamped = Math.max(1_000, retryAfterMs);
    expect([
      classifyGoogle(head(429), read).details.retryAfterMs,
      classifyGoogleInBand(read).details.retryAfterMs,
      classifyGoogle(head(429, { 'retry-after': '7' }), read).details.retryAfterMs,
    ]).toEqual([clamped, clamped, 7_000]);
  });

  it.for(['soon', '', '-1s', '1e9s'])('is not told to wait by %j', (delay) => {
    expect(classifyGoogleInBand(status({ code: 429, details: [retry(delay)] })).details).toEqual({
      upstreamStatus: 200,
    });
  });

  it('inside an answer is judged by its status where it has no code', () => {
    expect(classifyGoogleInBand(status({ status: 'UNAVAILABLE' })).code).toBe('overloaded');
  });

  it('names the field at fault', () => {
    const details = [
      { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field: 'contents[0]' }] },
    ];
    expect(classifyGoogle(head(400), status({ code: 400, message: 'Bad.', details })).details.param).toBe(
      'contents[0]',
    );
  });

  it('is read from the list that a stream without alt=sse sends', () => {
    expect(readGoogleError([{ error: { code: 503, status: 'UNAVAILABLE' } }])).toEqual({
      httpCode: 503,
      type: 'UNAVAILABLE',
    });
  });

  it.for([undefined, null, [], 'text', { error: 'text' }, { error: { code: 'x', details: 7 } }])(
    'is empty in %j',
    (body) => {
      expect(readGoogleError(body)).toEqual({});
    },
  );

  it.for<readonly [number, string]>([
    [400, 'INVALID_ARGUMENT'],
    [401, 'UNAUTHENTICATED'],
    [402, 'RESOURCE_EXHAUSTED'],
    [403, 'PERMISSION_DENIED'],
    [404, 'NOT_FOUND'],
    [409, 'ABORTED'],
    [413, 'INVALID_ARGUMENT'],
    [429, 'RESOURCE_EXHAUSTED'],
    [500, 'INTERNAL'],
    [502, 'UNAVAILABLE'],
    [503, 'UNAVAILABLE'],
    [504, 'DEADLINE_EXCEEDED'],
    [599, 'INTERNAL'],
  ])('with %i is told as %s', ([code, name]) => expect(toRpcStatus(code)).toBe(name));

  it('is written as it is read', () => {
    const body: unknown = JSON.parse(writeGoogleError(429, 'Wait.', [info('rate_limit_exceeded'), retry('2s')]));
    expect(readGoogleError(body)).toEqual({
      httpCode: 429,
      message: 'Wait.',
      type: 'RESOURCE_EXHAUSTED',
      code: 'rate_limit_exceeded',
      retryAfterMs: 2_000,
    });
  });
});
