import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { chatRequestSchema } from './chat-schema.js';
import { createFieldCheck } from './check-fields.js';

const schema = z.looseObject({
  name: z.string().min(1),
  size: z.int().nullish(),
  inner: z.looseObject({ a: z.string() }).optional(),
});
const check = createFieldCheck(schema);

describe('createFieldCheck', () => {
  it('agrees with the schema on every object, to the issue', () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.constant({ a: 'x' }),
      fc.constant({ a: 1 }),
    );
    const body = fc.dictionary(fc.constantFrom('name', 'size', 'inner', 'other'), value);
    fc.assert(
      fc.property(body, (given) => {
        const own = check(given);
        const whole = schema.safeParse(given);
        expect([own.success, own.data, own.error?.issues]).toEqual([whole.success, whole.data, whole.error?.issues]);
      }),
    );
  });

  it('gives back the object that it was given', () => {
    const body = { name: 'a', other: { kept: true } };
    expect(check(body).data).toBe(body);
  });

  it('is right for chat: its schema changes nothing of a body that passes', () => {
    const body = {
      model: 'm',
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'a', cache: 1 }], more: true },
        { role: 'assistant', tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }] },
      ],
      tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }, { type: 'web' }],
      response_format: { type: 'json_schema', json_schema: { name: 's', schema: {} } },
      metadata: { tags: ['a'] },
      stop: 'x',
      reasoning: { effort: 'low', else: 1 },
      unknown: { nested: [1] },
    };
    expect(chatRequestSchema.parse(structuredClone(body))).toEqual(body);
  });
});
