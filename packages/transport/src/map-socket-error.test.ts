import { gatewayError } from '@sluice/contract';
import { expect, it } from 'vitest';
import { mapSocketError } from './map-socket-error.js';
import type { Phase } from './map-socket-error.js';

const withCode = (code: string): Error => Object.assign(new Error(code), { code });
const parserError = Object.assign(new Error('Expected HTTP/'), { name: 'HTTPParserError' });

it.for<readonly [unknown, Phase, string]>([
  [withCode('UND_ERR_CONNECT_TIMEOUT'), 'head', 'upstream_timeout'],
  [withCode('ETIMEDOUT'), 'head', 'upstream_timeout'],
  [withCode('ECONNREFUSED'), 'head', 'upstream_connection_error'],
  [withCode('ENOTFOUND'), 'head', 'upstream_connection_error'],
  [withCode('EAI_AGAIN'), 'head', 'upstream_connection_error'],
  [withCode('ERR_TLS_CERT_ALTNAME_INVALID'), 'head', 'upstream_connection_error'],
  [withCode('EMFILE'), 'head', 'overloaded'],
  [withCode('ECONNRESET'), 'head', 'upstream_connection_error'],
  [withCode('ECONNRESET'), 'body', 'upstream_truncated'],
  [withCode('UND_ERR_SOCKET'), 'body', 'upstream_truncated'],
  [new Error('terminated'), 'body', 'upstream_truncated'],
  [new Error('terminated'), 'head', 'upstream_connection_error'],
  [withCode('UND_ERR_HEADERS_OVERFLOW'), 'head', 'upstream_invalid_response'],
  [withCode('HPE_INVALID_CHUNK_SIZE'), 'body', 'upstream_invalid_response'],
  [parserError, 'head', 'upstream_invalid_response'],
  [undefined, 'head', 'upstream_connection_error'],
  ['a text', 'body', 'upstream_truncated'],
])('takes %s in the %s for %s', ([cause, phase, code]) => {
  expect(mapSocketError(cause, phase).code).toBe(code);
});

it('keeps the original error out of the message and in the cause', () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:8080'), { code: 'ECONNREFUSED' });
  const error = mapSocketError(cause, 'head');
  expect([error.cause, error.message]).toEqual([cause, 'The provider could not be reached.']);
});

it('leaves an error of the table as it is', () => {
  const error = gatewayError('draining');
  expect(mapSocketError(error, 'head')).toBe(error);
});
