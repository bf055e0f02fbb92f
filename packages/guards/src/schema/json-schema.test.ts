import { cpuMs } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { compileJsonSchema } from './json-schema.js';

describe('compileJsonSchema', () => {
  it.each<[schema: unknown, yes: readonly unknown[], no: readonly unknown[]]>([
    [true, [1, 'a', null], []],
    [false, [], [1, {}]],
    [{ type: ['string', 'null'] }, ['a', null], [1, {}]],
    [{ type: 'integer' }, [1, 1.0], [1.5, '1']],
    [{ enum: [1, { a: 1, b: 2 }] }, [1, { b: 2, a: 1 }], [2, { a: 1 }]],
    [{ const: [1] }, [[1]], [[2], 1]],
    [{ minimum: 1, exclusiveMaximum: 3, multipleOf: 0.1 }, [1, 2.3], [0.9, 3, 1.05]],
    [{ minLength: 2, maxLength: 3, pattern: '^a' }, ['ab', 'a💧'], ['a', 'abcd', 'bcd']],
    [{ items: { type: 'string' }, minItems: 1, uniqueItems: true }, [['a', 'b']], [[], [1], ['a', 'a']]],
    [{ prefixItems: [{ type: 'string' }], items: false }, [[], ['a']], [[1], ['a', 1]]],
    [
      {
        properties: { a: { type: 'string' } },
        patternProperties: { '^x': true },
        additionalProperties: false,
        required: ['a'],
      },
      [{ a: '1' }, { a: '1', x1: 2 }],
      [{}, { a: 1 }, { a: '1', b: 2 }],
    ],
    [{ propertyNames: { maxLength: 1 }, minProperties: 1, maxProperties: 2 }, [{ a: 1 }], [{}, { ab: 1 }]],
    [{ dependentRequired: { a: ['b'] } }, [{ b: 1 }, { a: 1, b: 1 }], [{ a: 1 }]],
    [{ anyOf: [{ type: 'string' }, { type: 'number' }], not: { const: 1 } }, ['a', 2], [1, null]],
    [{ oneOf: [{ minimum: 2 }, { maximum: 4 }] }, [1, 5], [3]],
    [{ allOf: [{ minimum: 2 }, { maximum: 4 }] }, [3], [1, 5]],
    [
      { $ref: '#/$defs/tree', $defs: { tree: { properties: { next: { $ref: '#/$defs/tree' } }, required: ['v'] } } },
      [{ v: 1, next: { v: 2 } }],
      [{ v: 1, next: {} }],
    ],
    [{ required: ['__proto__'] }, [], [{}]],
  ])('%j', (schema, yes, no) => {
    const check = compileJsonSchema(schema);
    expect(yes.map(check)).toEqual(yes.map(() => true));
    expect(no.map(check)).toEqual(no.map(() => false));
  });

  it.each([
    [{ if: {} }, 'the keyword "if" is not taken'],
    [{ constructor: 1 }, 'the keyword "constructor" is not taken'],
    [{ type: 'toString' }, 'there is no such "type"'],
    [{ $ref: 'https://example.com/schema' }, 'a $ref leads into the schema itself'],
    [{ $ref: '#/$defs/none' }, 'there is no #/$defs/none in the schema'],
    [{ pattern: '(?=a)' }, 'of groups with a question mark only (?:…) is taken'],
    [{ minimum: '1' }, '"minimum" is a number'],
    ['string', 'a schema is an object or a boolean'],
  ])('refuses %j', (schema, reason) => {
    expect(() => compileJsonSchema(schema)).toThrow(reason);
  });

  it('is not made to hang by a pattern', () => {
    const check = compileJsonSchema({ pattern: '^(?:a+)+$' });
    expect(check(`${'a'.repeat(100_000)}b`)).toBe(false);
  });

  /** Each of its names leads to the next twice: 2^n ways through it. */
  const doubling = (last: object, n = 60) => ({
    $ref: '#/$defs/a0',
    $defs: Object.fromEntries(
      Array.from({ length: n + 1 }, (_, i) => {
        const next = { $ref: `#/$defs/a${i + 1}` };
        return [`a${i}`, i === n ? last : { allOf: [next, next] }];
      }),
    ),
  });
  const numbers = Array.from({ length: 100_000 }, (_, i) => i);
  const names = numbers.map(String);
  const wide = Object.fromEntries(names.map((name) => [name, 0]));
  /** It is in a new state after each of these. */
  const exploding = '(?:[ab]*a[ab]{900}|[ab]*b[ab]{900}|[ab]*ab[ab]{900})c';
  const noise = Array.from({ length: 50_000 }, (_, i) => (Math.sin(i * i) > 0 ? 'a' : 'b')).join('');

  it.each<[name: string, schema: unknown, value: unknown]>([
    ['references', doubling({}), {}],
    ['references to themselves', { anyOf: [{ $ref: '#' }, { $ref: '#' }] }, 1],
    ['booleans', doubling({ items: true }), numbers],
    ['items', doubling({ items: false, prefixItems: [true] }), numbers.slice(0, 1)],
    ['names', doubling({ additionalProperties: { type: 'integer' } }), wide],
    ['counts', doubling({ minProperties: 1 }), wide],
    ['lists of names', doubling({ required: names.slice(0, 1), dependentRequired: { x: names } }), wide],
    ['long texts', doubling({ minLength: 2 }), noise],
    ['values that are compared', doubling({ enum: [[names]] }), [names]],
    ['values that are told apart', doubling({ uniqueItems: true }), names],
    ['patterns', doubling({ pattern: 'c$' }), `${noise}c`],
    ['a pattern that is in a new state at every character', { pattern: exploding }, noise],
  ])('throws where %s would take too long', (_, schema, value) => {
    const check = compileJsonSchema(schema);
    expect(cpuMs(() => expect(() => check(value)).toThrow(RangeError))).toBeLessThan(2_000);
  });

  it('counts anew for every check', () => {
    const check = compileJsonSchema({ items: { type: 'integer', minimum: 0 }, uniqueItems: true });
    for (let i = 0; i < 5; i += 1) expect(check(numbers)).toBe(true);
  });

  it('finds values that stand twice in long lists', () => {
    const check = compileJsonSchema({ uniqueItems: true });
    expect(check(numbers)).toBe(true);
    expect(check([...numbers, 500])).toBe(false);
    expect([
      check([1, '1', null, 'null', [1], ['1']]),
      check([
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ]),
    ]).toEqual([true, false]);
  });

  it('refuses patterns that take too long to be made ready', () => {
    const many = Object.fromEntries(names.slice(0, 300).map((name) => [name, true]));
    expect(() => compileJsonSchema({ patternProperties: many })).toThrow('more than 1000000 steps');
    const classes = numbers.slice(0, 1_300).map((i) => `[${String.fromCharCode(0x4e00 + 3 * i)}]`);
    expect(() => compileJsonSchema({ pattern: classes.join('') })).toThrow('more than 1000000 steps');
    expect(compileJsonSchema({ patternProperties: { '^a': true }, additionalProperties: false })({ ab: 1 })).toBe(true);
  });

  it('refuses a schema that is too deep or too large', () => {
    let deep: unknown = {};
    for (let i = 0; i < 100; i += 1) deep = { not: deep };
    expect(() => compileJsonSchema(deep)).toThrow('the schema is too large');
    expect(() => compileJsonSchema({ anyOf: Array.from({ length: 5_000 }, () => ({})) })).toThrow('too large');
  });
});
