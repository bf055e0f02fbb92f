import { expect, it } from 'vitest';
import type { IncomingHeaders } from '@sluice/contract';
import { readCredential } from './index.js';

it.each<[string, IncomingHeaders]>([
  ['Authorization', { authorization: 'Bearer KEY' }],
  ['a lower-case scheme', { authorization: 'bearer KEY' }],
  ['an upper-case scheme', { authorization: 'BEARER KEY' }],
  ['two spaces after the scheme', { authorization: 'Bearer  KEY' }],
  ['x-api-key', { 'x-api-key': 'KEY' }],
  ['api-key', { 'api-key': 'KEY' }],
  ['x-goog-api-key', { 'x-goog-api-key': 'KEY' }],
  ['two headers that agree', { authorization: 'Bearer KEY', 'x-api-key': 'KEY' }],
  ['one header sent twice with the same value', { 'x-api-key': ['KEY', 'KEY'] }],
  ['an empty Authorization beside a key', { authorization: '', 'x-api-key': 'KEY' }],
  ['a scheme without a token beside a key', { authorization: 'Bearer ', 'api-key': 'KEY' }],
])('reads the credential from %s', (_, headers) => {
  expect(readCredential(headers)).toBe('KEY');
});

it.each<[string, IncomingHeaders]>([
  ['no header at all', {}],
  ['an empty Authorization', { authorization: '' }],
  ['a scheme alone', { authorization: 'Bearer' }],
  ['a scheme and spaces', { authorization: 'Bearer    ' }],
  ['an empty key header', { 'x-api-key': ' ' }],
  ['a header without values', { 'x-api-key': [] }],
])('finds no credential in %s', (_, headers) => {
  expect(() => readCredential(headers)).toThrow(expect.objectContaining({ code: 'missing_api_key' }));
});

it.each<[string, IncomingHeaders]>([
  ['another scheme', { authorization: 'Basic dXNlcjpwYXNz' }],
  ['another scheme beside a key', { authorization: 'Basic dXNlcjpwYXNz', 'x-api-key': 'KEY' }],
  ['a key without a scheme', { authorization: 'sk-sluice-KEY' }],
  ['a scheme that only begins like Bearer', { authorization: 'BearerX KEY' }],
  ['a tab after the scheme', { authorization: 'Bearer\tKEY' }],
  ['two headers that disagree', { authorization: 'Bearer KEY', 'x-api-key': 'OTHER' }],
  ['two key headers that disagree', { 'api-key': 'KEY', 'x-goog-api-key': 'OTHER' }],
  ['one header sent twice with two values', { 'x-api-key': ['KEY', 'OTHER'] }],
])('refuses %s', (_, headers) => {
  expect(() => readCredential(headers)).toThrow(expect.objectContaining({ code: 'invalid_api_key' }));
});
