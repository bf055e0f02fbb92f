import { expect, it } from 'vitest';
import { isJsonObject, parseUpstreamJson, tryParseExact, tryParseJson } from './json.js';

it.for([
  [{}, true],
  [[], false],
  [null, false],
  ['text', false],
])('tells whether %j is a JSON object', ([value, is]) => expect(isJsonObject(value)).toBe(is));

it('gives nothing for a text that is not JSON', () =>
  expect([tryParseJson('{'), tryParseJson('1')]).toEqual([undefined, 1]));

it.for([
  '{"id":12345678901234567890,"of":[-9223372036854775808,{"n":1}]}',
  '{"id":9007199254740993,"say":"1234567890123456"}',
  '{"share":0.12345678901234566}',
])('writes %s again as it was read', (text) => expect(JSON.stringify(tryParseExact(text))).toBe(text));

it('gives nothing for a text of many digits that is not JSON', () =>
  expect(tryParseExact('{"id":12345678901234567890')).toBeUndefined());

it('reads an answer behind blank lines', () => expect(parseUpstreamJson(Buffer.from('\n\n{"a":1}'))).toEqual({ a: 1 }));

it.for([
  ['{"a":', 'upstream_truncated'],
  ['[1', 'upstream_truncated'],
  ['', 'upstream_invalid_response'],
  ['null', 'upstream_invalid_response'],
  ['[]', 'upstream_invalid_response'],
  ['<html>', 'upstream_invalid_response'],
] as const)('refuses %j with %s', ([text, code]) => {
  expect(() => parseUpstreamJson(Buffer.from(text))).toThrow(expect.objectContaining({ code }) as Error);
});
