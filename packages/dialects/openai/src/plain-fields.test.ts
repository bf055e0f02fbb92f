import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { z } from 'zod';
import { chatRequestSchema } from './chat-schema.js';
import { PLAIN_CHAT_FIELDS } from './plain-fields.js';

const shape = chatRequestSchema.shape as Readonly<Record<string, z.ZodType>>;
const role = fc.constantFrom('system', 'developer', 'user', 'assistant', 'tool', 'function', 'User', '', null, 1);
const content = fc.oneof(fc.string(), fc.constantFrom(null, 1, [], ['a'], [{ type: 'text', text: 'a' }], {}));
const message = fc.oneof(
  { weight: 8, arbitrary: fc.record({ role, content }, { requiredKeys: [] }) },
  {
    weight: 2,
    arbitrary: fc.record({ role, content, name: content, tool_calls: content }, { requiredKeys: ['role'] }),
  },
  fc.constantFrom(null, 'user', [], [{ role: 'user', content: 'a' }], 1),
);
const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -0, 1, 2, 2.1, 1.5, 16_777_216, Infinity));
const value = fc.oneof(fc.array(message, { maxLength: 3 }), number, fc.boolean(), fc.string(), fc.constant(null));

it.each(Object.keys(PLAIN_CHAT_FIELDS))('nothing that the schema refuses passes for a plain "%s"', (name) => {
  const isPlain = PLAIN_CHAT_FIELDS[name];
  fc.assert(
    fc.property(value, (given) => {
      const isGood = shape[name]?.safeParse(given).success;
      expect([isPlain?.(given), isGood]).not.toEqual([true, false]);
    }),
    { numRuns: 1_000 },
  );
});

it.each<[string, unknown]>([
  [
    'messages',
    [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: '' },
    ],
  ],
  ['stream', true],
  ['max_tokens', 200],
  ['max_completion_tokens', 1],
  ['temperature', 0.2],
])('"%s" of the usual kind is plain', (name, given) => {
  expect(PLAIN_CHAT_FIELDS[name]?.(given)).toBe(true);
});
