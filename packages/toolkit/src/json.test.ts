import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isExactNumber, isJsonObject, parseExact, parseUpstreamJson, tryParseExact, tryParseJson } from './json.js';

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
  '{"share":0.12345678901234567890,"of":[12345678.90123456789]}',
  '{"far":1e400,"near":-3.5E-400}',
])('writes %s again as it was read', (text) => expect(JSON.stringify(tryParseExact(text))).toBe(text));

it.for([
  ['0.69999999999999996', 0.7],
  ['0.1000000000000000055511151231257827021181583404541015625', 0.1],
  ['1.00000000000000000000', 1],
  ['0.0000000000000000', 0],
  ['1e300', 1e300],
  ['2.5e-310', 2.5e-310],
  ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ['123456789012345680000', 123456789012345680000],
] as const)('reads %s, which a double keeps, as that double', ([text, value]) => {
  expect(parseExact(`{"at":${text}}`)).toEqual({ at: value });
});

it('tells a number that is as it was written from all else', () => {
  const values = tryParseExact('[12345678901234567890,1e999,1,{"rawJSON":"1"},"12345678901234567890"]') as unknown[];
  expect(values.map(isExactNumber)).toEqual([true, true, false, false, false]);
});

it('writes every number again with the value that it was read with', () => {
  const integer = fc.bigInt({ min: -(2n ** 90n), max: 2n ** 90n }).map(String);
  const digits = fc.stringMatching(/^[0-9]{1,30}$/);
  const number = fc.oneof(
    integer,
    fc.tuple(integer, digits).map(([whole, part]) => `${whole}.${part}`),
    fc.tuple(integer, fc.integer({ min: -420, max: 420 })).map(([whole, exponent]) => `${whole}e${exponent}`),
    fc.tuple(digits, fc.integer({ min: -420, max: 420 })).map(([part, exponent]) => `0.${part}E${exponent}`),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(fc.array(number, { minLength: 1 }), fc.constantFrom('', ' ', '\n'), (numbers, space) => {
      const written = JSON.stringify(tryParseExact(`{"of":[${numbers.join(`,${space}`)}]}`));
      const again = written.slice('{"of":['.length, -2).split(',');
      for (const [i, text] of numbers.entries()) expect([text, holds(again[i] ?? '', text)]).toEqual([text, true]);
    }),
    { numRuns: 500 },
  );
});

/** Whether two texts are the same number, or the first is how the double is written that the second was printed from. */
function holds(written: string, source: string): boolean {
  if (toDecimal(written) === toDecimal(source)) return true;
  const [digits = ''] = toDecimal(source).split('e');
  const printed = Number(written).toPrecision(Math.min(Math.max(digits.replace('-', '').length, 1), 100));
  return !/^-?\d+$/.test(source) && toDecimal(printed) === toDecimal(source);
}

/** Significant digits and exponent, so that equal numbers have equal texts. */
function toDecimal(text: string): string {
  const [, sign = '', whole = '', part = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const trailing = /0*$/.exec(whole + part)?.[0].length ?? 0;
  const digits = (whole + part).replace(/^0+|0+$/g, '');
  return digits === '' ? '0' : `${sign}${digits}e${Number(exponent) - part.length + trailing}`;
}

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
