import type { JsonObject, ToolChoice, ToolDefinition } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import {
  fromOpenApiSchema,
  geminiState,
  readToolChoice,
  readTools,
  toGeminiSchema,
  writeToolChoice,
  writeTools,
} from './gemini-wire.js';

describe('the functions of a request', () => {
  const look: ToolDefinition = {
    name: 'look',
    description: 'Looks.',
    schema: { type: 'object', properties: { at: { const: 'sky' } }, required: ['at'] },
  };

  it('are declared in one tool, before those of the vendor', () => {
    const vendorTools = [geminiState({ googleSearch: {} }), { kind: 'anthropic-messages', data: { type: 'web' } }];
    expect(writeTools({ tools: [look], vendorTools })).toEqual([
      {
        functionDeclarations: [
          {
            name: 'look',
            description: 'Looks.',
            parametersJsonSchema: { type: 'object', properties: { at: { enum: ['sky'] } }, required: ['at'] },
          },
        ],
      },
      { googleSearch: {} },
    ]);
  });

  it.for<JsonObject>([
    {},
    { type: 'object', properties: {} },
    { type: 'object', properties: {}, additionalProperties: false, $schema: 'x' },
  ])('are declared without a schema where they take nothing: %j', (schema) => {
    expect(writeTools({ tools: [{ name: 'now', schema }], vendorTools: [] })).toEqual([
      { functionDeclarations: [{ name: 'now' }] },
    ]);
  });

  it.for<JsonObject>([{ $ref: '#/$defs/a', $defs: {} }, { additionalProperties: { type: 'string' } }])(
    'keep a schema that says more than it names: %j',
    (schema) => {
      expect(writeTools({ tools: [{ name: 'now', schema }], vendorTools: [] })).toEqual([
        { functionDeclarations: [{ name: 'now', parametersJsonSchema: { type: 'object', ...schema } }] },
      ]);
    },
  );

  it('are read from every tool that declares some', () => {
    const wire = [
      { functionDeclarations: [{ name: 'a', parametersJsonSchema: { properties: {} }, behavior: 'BLOCKING' }] },
      { functionDeclarations: [{ name: 'b', description: 'B.', parameters: { type: 'OBJECT' } }], codeExecution: {} },
    ];
    expect(readTools(wire)).toEqual({
      tools: [
        { name: 'a', schema: { type: 'object', properties: {} }, opaque: geminiState({ behavior: 'BLOCKING' }) },
        { name: 'b', description: 'B.', schema: { type: 'object' } },
      ],
      vendorTools: [geminiState({ codeExecution: {} })],
    });
  });

  it('are absent where there are none', () => expect(writeTools({ tools: [], vendorTools: [] })).toEqual([]));

  it('keep what the vendor alone knows of them', () => {
    const tool: ToolDefinition = { name: 'a', schema: {}, opaque: geminiState({ behavior: 'NON_BLOCKING' }) };
    expect(writeTools({ tools: [tool], vendorTools: [] })).toEqual([
      { functionDeclarations: [{ name: 'a', behavior: 'NON_BLOCKING' }] },
    ]);
  });
});

describe('the choice of a function', () => {
  it.for<readonly [ToolChoice, JsonObject]>([
    [{ type: 'auto' }, { mode: 'AUTO' }],
    [{ type: 'none' }, { mode: 'NONE' }],
    [{ type: 'required' }, { mode: 'ANY' }],
    [
      { type: 'tool', name: 'a' },
      { mode: 'ANY', allowedFunctionNames: ['a'] },
    ],
  ])('%j is %j, and back', ([choice, wire]) => {
    expect([writeToolChoice(choice, false), readToolChoice(wire)]).toEqual([wire, choice]);
  });

  it.for<readonly [ToolChoice | undefined, string]>([
    [undefined, 'VALIDATED'],
    [{ type: 'auto' }, 'VALIDATED'],
    [{ type: 'required' }, 'ANY'],
    [{ type: 'none' }, 'NONE'],
  ])('%j with a strict function is %s', ([choice, mode]) => {
    expect(writeToolChoice(choice, true)).toEqual({ mode });
  });

  it('is left to the vendor where nobody chose', () => expect(writeToolChoice(undefined, false)).toBeUndefined());

  it.for([
    [{ mode: 'ANY', allowedFunctionNames: ['a', 'b'] }, undefined],
    [{ mode: 'VALIDATED' }, { type: 'auto' }],
    [{ mode: 'TOMORROW' }, undefined],
    [{}, undefined],
  ])('%j is read as %j', ([wire, choice]) => expect(readToolChoice(wire as JsonObject)).toEqual(choice));
});

describe('a schema', () => {
  it('has a list of one where a constant stood, wherever that was', () => {
    const schema = {
      properties: { const: { const: 1 }, a: { items: { anyOf: [{ const: null }, { type: 'string' }] } } },
      $defs: { b: { additionalProperties: { const: 'x' } } },
      additionalProperties: false,
      enum: [{ const: 2 }],
    };
    expect(toGeminiSchema(schema)).toEqual({
      properties: { const: { enum: [1] }, a: { items: { anyOf: [{ enum: [null] }, { type: 'string' }] } } },
      $defs: { b: { additionalProperties: { enum: ['x'] } } },
      additionalProperties: false,
      enum: [{ const: 2 }],
    });
  });

  it('in the older form says the same in JSON Schema', () => {
    const schema = {
      type: 'OBJECT',
      properties: {
        names: { type: 'ARRAY', items: { type: 'STRING', nullable: true }, minItems: '1', maxItems: '3' },
        any: { type: 'TYPE_UNSPECIFIED', anyOf: [{ type: 'INTEGER' }] },
      },
      propertyOrdering: ['names'],
    };
    expect(fromOpenApiSchema(schema)).toEqual({
      type: 'object',
      properties: {
        names: { type: 'array', items: { type: ['string', 'null'] }, minItems: 1, maxItems: 3 },
        any: { anyOf: [{ type: 'integer' }] },
      },
      propertyOrdering: ['names'],
    });
  });

  it('that is none is empty', () => expect(fromOpenApiSchema(undefined)).toEqual({}));
});
