import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GatewayError } from '@sluice/contract';
import { parseGuarded } from './json-guard.js';
import { tryParseJson } from './json.js';
import { scanJson } from './json-scan.js';

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const items = (count: number, item: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => item(i)).join();
const codeOf = (text: string): unknown => {
  try {
    parseGuarded(text);
    return 'fine';
  } catch (cause) {
    return cause instanceof SyntaxError ? 'SyntaxError' : (cause as GatewayError).code;
  }
};

describe('what a stranger sent', () => {
  it('is parsed as JSON.parse does it, whatever JSON it is', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), fc.integer({ min: 0, max: 3 }), (text, indent) => {
        const written = JSON.stringify(JSON.parse(text), null, indent);
        expect(parseGuarded(written)).toEqual(JSON.parse(written));
      }),
    );
  });

  it('is JSON or a SyntaxError, and nothing else, whatever text it is', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      ',',
      ':',
      '"a"',
      '1',
      '-',
      'e',
      'true',
      ' ',
      '\u0000',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const code = codeOf(text);
        const isJson = tryParseJson(text) !== undefined;
        expect(isJson ? ['fine', 'duplicate_key'] : ['SyntaxError']).toContain(code);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    [nested(64), 'fine'],
    [nested(65), 'json_too_deep'],
    [`{"a":${nested(64)}}`, 'json_too_deep'],
    [nested(200_000), 'json_too_deep'],
    [`{${items(9_999, (i) => `"k${i}":0`)}}`, 'fine'],
    [`{${items(10_000, (i) => `"k${i}":0`)}}`, 'json_too_many_keys'],
    [`[${items(10_000, () => '{}')}]`, 'json_too_many_keys'],
    [`[${items(50_000, () => '7')}]`, 'fine'],
  ])('has bounds: %#', (text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  it('is no JSON where it was not closed, however deep', () => {
    expect(codeOf('['.repeat(100_000))).toBe('SyntaxError');
  });

  it.each([
    ['{"a":1,"a":2}', 'a'],
    ['{"a":1,"\\u0061":2}', 'a'],
    ['{"b":[0,{"c":"x","d":{},"c":[]}]}', 'b[1].c'],
    [' { "b" : [ [ { } ] , { "c" : "}" , "c" : "]" } ] } ', 'b[1].c'],
    ['{"":1,"":2}', ''],
    ['{"a":"\\"","b":1,"a":"x\\\\"}', 'a'],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
    ['{"n":12345678901234567890,"n":1}', 'n'],
    ['{"1":0,"0":[{"x":0,"x":0}]}', '0[0].x'],
  ])('has no key twice: %s', (text, param) => {
    expect(() => parseGuarded(text)).toThrow(
      expect.objectContaining({ code: 'duplicate_key', details: { param } }) as Error,
    );
  });

  it('may have the same key in several objects', () => {
    expect(parseGuarded('{"a":{"a":[{"a":1},{"a":1}]}}')).toEqual({ a: { a: [{ a: 1 }, { a: 1 }] } });
  });

  it('keeps numbers as they are written, and counts none of them for a key', () => {
    const text = '{"id":12345678901234567890,"far":[-1e400,0.12345678901234567890],"near":1.5}';
    expect(JSON.stringify(parseGuarded(text))).toBe(text);
  });
});

describe('the shape of a text', () => {
  it.each([
    ['{"a":[1,{"b":2}]}', { keys: 2, containers: 3, depth: 3, open: 0, hasFarNumber: false }],
    ['"{[:\\"{"', { keys: 0, containers: 0, depth: 0, open: 0, hasFarNumber: false }],
    ['[{', { keys: 0, containers: 2, depth: 2, open: 2, hasFarNumber: false }],
    ['"no end', { keys: 0, containers: 0, depth: 0, open: 0, hasFarNumber: false }],
    ['[1e999]', { keys: 0, containers: 1, depth: 1, open: 0, hasFarNumber: true }],
    ['"1e999 12345678901234567890"', { keys: 0, containers: 0, depth: 0, open: 0, hasFarNumber: false }],
  ])('is told without what is in strings: %s', (text, shape) => {
    expect(scanJson(text)).toEqual(shape);
  });
});
