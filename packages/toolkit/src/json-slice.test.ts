import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sliceJson } from './json-slice.js';

describe('sliceJson', () => {
  it.each([
    ['{"a":{"b":[1, 1.50e1 ,{"c":12345678901234567890}]}}', ['a', 'b', 1], '1.50e1'],
    ['{"a":{"b":[1, 1.50e1 ,{"c":12345678901234567890}]}}', ['a', 'b', 2, 'c'], '12345678901234567890'],
    ['{ "a" : { "2" : 0 , "1" : "x}" } }', ['a'], '{ "2" : 0 , "1" : "x}" }'],
    ['{"a":"\\"{","b":[["]"],"\\\\"]}', ['b'], '[["]"],"\\\\"]'],
    ['{"\\u0061":1}', ['a'], '1'],
    ['{"a":1,"a":2}', ['a'], '2'],
    ['[true]', [0], 'true'],
    [' 7', [], '7'],
  ] as const)('finds in %s at %j the text %s', (json, path, text) => {
    expect(sliceJson(json, path)).toBe(text);
  });

  it.each([
    ['{"a":1}', ['b']],
    ['[1]', [1]],
    ['[]', [0]],
    ['{"a":[]}', ['a', 0]],
    ['7', ['a']],
    ['"a"', [0]],
  ] as const)('finds nothing in %s at %j', (json, path) => {
    expect(sliceJson(json, path)).toBeUndefined();
  });

  it('finds every value of any document, in whatever spacing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t', ' \r\n'), (document, space) => {
        const json = JSON.stringify(document, null, space);
        for (const [path, value] of paths(JSON.parse(json))) {
          expect(JSON.parse(sliceJson(json, path) ?? 'null')).toEqual(value);
        }
      }),
    );
  });
});

type Path = readonly (string | number)[];

function* paths(value: unknown, path: Path = []): Generator<readonly [Path, unknown]> {
  yield [path, value];
  if (typeof value !== 'object' || value === null) return;
  const isList = Array.isArray(value);
  for (const [key, member] of Object.entries(value)) yield* paths(member, [...path, isList ? Number(key) : key]);
}
