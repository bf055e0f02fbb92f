import { describe, expect, it } from 'vitest';
import { readAccessToken } from './access-token.js';

const answer = (status: number, body: unknown) => ({
  head: { status, headers: {} },
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});

describe('a token endpoint', () => {
  it('gives a bearer token and says how long it lives', () => {
    expect(readAccessToken(answer(200, { access_token: 'a', expires_in: 3599, token_type: 'Bearer' }))).toEqual({
      headers: { authorization: 'Bearer a' },
      lifetimeMs: 3_599_000,
    });
  });

  it.for(['', '[]', { access_token: '' }, { access_token: 'a' }, { access_token: 'a', expires_in: '1' }])(
    'gives none with %j',
    (body) => {
      expect(() => readAccessToken(answer(200, body))).toThrow(
        expect.objectContaining({ code: 'upstream_invalid_response' }) as Error,
      );
    },
  );

  it.for([
    [400, 'upstream_auth_error'],
    [401, 'upstream_auth_error'],
    [404, 'upstream_auth_error'],
    [429, 'upstream_rate_limited'],
    [503, 'overloaded'],
    [500, 'upstream_invalid_response'],
  ] as const)('that answers %s has %s', ([status, code]) => {
    expect(() => readAccessToken(answer(status, {}))).toThrow(expect.objectContaining({ code }) as Error);
  });

  it('says why in the fields that it has for it, and only to the log', () => {
    const body = { error: 'invalid_grant', errorCode: 'X1', errorMessage: 'Not found.' };
    const causes = [readAccessToken, () => readAccessToken(answer(400, body), ['errorCode', 'errorMessage'])].map(
      (read) => {
        try {
          return read(answer(400, body));
        } catch (error) {
          const { message, cause } = error as Error;
          return [message, (cause as Error).message];
        }
      },
    );
    const message = 'The credentials for the provider cannot be used.';
    expect(causes).toEqual([
      [message, 'invalid_grant'],
      [message, 'X1: Not found.'],
    ]);
  });
});
