import { describe, expect, it } from 'vitest';
import { createRandom } from './random.js';
import { sampleSchema } from './schema-sample.js';
import type { JsonObject } from './question.js';

const sample = (schema: JsonObject, seed = 1): unknown => sampleSchema(schema, createRandom(seed));
const samples = (schema: JsonObject): unknown[] => Array.from({ length: 50 }, (_, seed) => sample(schema, seed));

describe('sampleSchema', () => {
  it('fills every property of an object', () => {
    const value = sample({
      type: 'object',
      properties: { name: { type: 'string' }, age: { type: 'integer' }, ok: { type: 'boolean' } },
      required: ['name'],
    });
    expect(value).toEqual({
      name: expect.any(String) as string,
      age: expect.any(Number) as number,
      ok: expect.any(Boolean) as boolean,
    });
  });

  it.for([
    [{ const: 5 }, 5],
    [{ enum: ['only'] }, 'only'],
    [{ type: 'null' }, null],
    [{ type: ['null', 'integer'], minimum: 4, maximum: 4 }, 4],
    [{ anyOf: [{ type: 'null' }, { const: 'chosen' }] }, 'chosen'],
    [{ oneOf: [{ const: 1 }] }, 1],
    [{ anyOf: [{ type: 'null' }] }, null],
    [{ type: 'string', format: 'date' }, '2026-01-15'],
    [{ type: 'string', const: 'x', nullable: true }, 'x'],
    [{ type: 'array', items: { const: 'a' }, minItems: 2 }, ['a', 'a']],
    [{ type: 'array', items: { const: 'a' }, maxItems: 0 }, []],
    [{ items: { const: 'a' } }, ['a']],
    [{ type: 'array', prefixItems: [{ const: 1 }, { const: 'b' }] }, [1, 'b']],
    [{ type: 'number', minimum: 0.2, maximum: 0.4 }, 0.30000000000000004],
    [{ type: 'integer', exclusiveMinimum: 1, exclusiveMaximum: 3 }, 2],
    [{ type: 'integer', maximum: -3, minimum: -3 }, -3],
    [{ properties: { a: { const: 1 }, b: true } }, { a: 1, b: 'text' }],
  ] as const)('gives the one value that fits %j', ([schema, value]) => {
    expect(sample(schema)).toEqual(value);
  });

  it('joins what allOf asks for', () => {
    const schema = {
      allOf: [
        { type: 'object', properties: { a: { const: 1 } } },
        { properties: { b: { const: 2 } }, required: ['b'] },
      ],
    };
    expect(sample(schema)).toEqual({ a: 1, b: 2 });
  });

  it('stays within the bounds of a number', () => {
    const values = samples({ type: 'integer', minimum: 10, maximum: 100, multipleOf: 5 }) as number[];
    expect(values.filter((value) => value < 10 || value > 100 || value % 5 !== 0)).toEqual([]);
  });

  it('stays within the length of a string', () => {
    const values = samples({ type: 'string', minLength: 8, maxLength: 9 }) as string[];
    expect(values.filter(({ length }) => length < 8 || length > 9)).toEqual([]);
  });

  it('ends in a schema that contains itself', () => {
    const schema = {
      $defs: { 'a/b': { type: 'object', properties: { next: { $ref: '#/$defs/a~1b' }, value: { const: 1 } } } },
      $ref: '#/$defs/a~1b',
    };
    expect(sample(schema)).toMatchObject({ value: 1, next: { value: 1 } });
  });

  it('ends where a reference leads back to itself', () => {
    expect(sample({ $defs: { a: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' })).toEqual(expect.any(String));
  });

  it('gives the same value for the same seed', () => {
    const schema = { type: 'object', properties: { a: { type: 'integer' }, b: { type: 'string' } } };
    expect(sample(schema, 9)).toEqual(sample(schema, 9));
  });
});
