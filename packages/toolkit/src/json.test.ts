import { expect, it } from 'vitest';
import { isJsonObject, parseUpstreamJson, tryParseJson } from './json.js';

it.for([
  [{}, true],
  [[], false],
  [null, false],
  ['text', false],
])('tells whether %j is a JSON object', ([value, is]) => expect(isJsonObject(value)).toBe(is));

it('gives nothing for a text that is not JSON', () =>
  expect([tryParseJson('{'), tryParseJson('1')]).toEqual([undefined, 1]));

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
