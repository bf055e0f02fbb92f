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

  it('refuses a schema that is too deep or too large', () => {
    let deep: unknown = {};
    for (let i = 0; i < 100; i += 1) deep = { not: deep };
    expect(() => compileJsonSchema(deep)).toThrow('the schema is too large');
    expect(() => compileJsonSchema({ anyOf: Array.from({ length: 5_000 }, () => ({})) })).toThrow('too large');
  });
});
