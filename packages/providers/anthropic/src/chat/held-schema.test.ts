import { describe, expect, it } from 'vitest';
import { toHeldSchema } from './held-schema.js';

const closed = (properties: object, more: object = {}) => ({
  type: 'object',
  properties,
  additionalProperties: false,
  ...more,
});

describe('a schema that the service takes', () => {
  it.each([
    closed({ city: { type: 'string', description: 'Where.', format: 'date', default: 'x' } }, { required: ['city'] }),
    closed({ kind: { enum: ['a', 1, null] }, one: { const: true }, of: { type: 'array', items: {}, minItems: 1 } }),
    closed(
      { any: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/a' }] } },
      { $defs: { a: { type: ['string', 'null'] } } },
    ),
    closed({ code: { type: 'string', pattern: '^[A-Z]{2}\\d+$' }, both: { allOf: [{ $ref: '#/definitions/b' }] } }),
    { type: 'object', additionalProperties: false },
  ])('stays as it is: %j', (schema) => {
    expect(toHeldSchema(schema)).toEqual({ schema, changed: false });
  });

  it('loses in silence only what says nothing of the answer', () => {
    const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: 'x', ...closed({}) };
    expect(toHeldSchema(schema)).toEqual({ schema: closed({}), changed: false });
  });
});

describe('a schema that the service refuses', () => {
  it('has its objects closed, wherever they stand', () => {
    const open = { type: 'object', properties: { a: { type: 'object' } } };
    const shut = closed({ a: { type: 'object', additionalProperties: false } });
    const schema = { anyOf: [open, { type: 'array', items: open }], $defs: { open } };
    expect(toHeldSchema(schema)).toEqual({
      schema: { anyOf: [shut, { type: 'array', items: shut }], $defs: { open: shut } },
      changed: true,
    });
  });

  it('has its objects closed also where their type is one of several, or goes without saying', () => {
    expect(toHeldSchema({ type: ['object', 'null'], properties: {} }).schema).toMatchObject({
      additionalProperties: false,
    });
    expect(toHeldSchema({ properties: {} }).schema).toEqual(closed({}));
  });

  it.each([
    [
      { type: 'integer', minimum: 1, maximum: 5 },
      { type: 'integer', description: '{"minimum":1,"maximum":5}' },
    ],
    [
      { type: 'string', description: 'A name.', maxLength: 9 },
      { type: 'string', description: 'A name.\n\n{"maxLength":9}' },
    ],
    [
      { type: 'array', items: { type: 'string' }, minItems: 2 },
      { type: 'array', items: { type: 'string' }, description: '{"minItems":2}' },
    ],
    [
      { type: 'string', format: 'color' },
      { type: 'string', description: '{"format":"color"}' },
    ],
    [
      { type: 'string', pattern: '^(?!x)' },
      { type: 'string', description: '{"pattern":"^(?!x)"}' },
    ],
    [
      { $ref: '#/$defs/a', description: 'That one.', $defs: { a: { type: 'string' } } },
      { $ref: '#/$defs/a', $defs: { a: { type: 'string' } } },
    ],
    [{ enum: [{ a: 1 }] }, { description: '{"enum":[{"a":1}]}' }],
    [{ oneOf: [{ type: 'string' }, { type: 'null' }] }, { anyOf: [{ type: 'string' }, { type: 'null' }] }],
    [
      { type: 'object', additionalProperties: { type: 'number' } },
      { type: 'object', additionalProperties: false, description: '{"additionalProperties":{"type":"number"}}' },
    ],
  ])('is brought into the form that it takes, and tells the model the rest: %j', (schema, held) => {
    expect(toHeldSchema(schema)).toEqual({ schema: held, changed: true });
  });

  it('is not taken for what its own fields are called', () => {
    const schema = closed({ minimum: { type: 'string' }, properties: { type: 'string' } });
    expect(toHeldSchema(schema)).toEqual({ schema, changed: false });
  });
});
