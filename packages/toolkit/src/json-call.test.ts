import type { UpstreamRequest } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { jsonHeaders, withBearerToken } from './json-call.js';

const REQUEST: UpstreamRequest = { method: 'GET', url: new URL('https://example.com'), headers: { a: 'b' } };

it('writes the headers of the operator in lower case', () => {
  expect(jsonHeaders({ 'X-Team': 'a' })).toEqual({
    'content-type': 'application/json',
    'accept-encoding': 'identity',
    'x-team': 'a',
  });
});

describe('withBearerToken', () => {
  it('adds the key', async () => {
    const { headers } = await withBearerToken(REQUEST, { env: 'KEY' }, { secret: () => Promise.resolve('k-1') });
    expect(headers).toEqual({ a: 'b', authorization: 'Bearer k-1' });
  });

  it('adds nothing where no key is configured', async () => {
    const secret = () => Promise.reject(new Error('Nobody asks.'));
    expect(await withBearerToken(REQUEST, undefined, { secret })).toBe(REQUEST);
  });

  it('fails as refused credentials where the key cannot be read', async () => {
    const secret = () => Promise.reject(new Error('ENOENT'));
    await expect(withBearerToken(REQUEST, { file: 'gone' }, { secret })).rejects.toMatchObject({
      code: 'upstream_auth_error',
    });
  });
});
