import { parseExact } from '@sluice/toolkit';
import { describe, expect, it } from 'vitest';
import { cacheKey } from './cache-key.js';

const keyOf = (wire: unknown, tenant = 't', dialect = 'openai') => cacheKey({ tenant, dialect, wire });

describe('cacheKey', () => {
  it.each([
    [
      { a: 1, b: { c: 2, d: 3 } },
      { b: { d: 3, c: 2 }, a: 1 },
    ],
    [{ a: undefined, b: 1 }, { b: 1 }],
    [JSON.parse('{"n":1.0}'), JSON.parse('{"n":1}')],
  ])('is the same for %j and %j', (one, other) => {
    expect(keyOf(one)).toBe(keyOf(other));
  });

  it.each([
    [{ a: 1 }, { a: '1' }],
    [{ a: [1, 2] }, { a: [2, 1] }],
    [{ a: [] }, { a: {} }],
    [{ a: null }, {}],
    [{ a: '"b":1' }, { a: '', b: 1 }],
    [{ a: ['b,c'] }, { a: ['b', 'c'] }],
    [JSON.parse('{"__proto__":1}'), {}],
    [parseExact('{"id":12345678901234567890}'), parseExact('{"id":12345678901234567891}')],
    [parseExact('[12345678901234567890]'), [{ rawJSON: '12345678901234567890' }]],
  ])('differs for %j and %j', (one, other) => {
    expect(keyOf(one)).not.toBe(keyOf(other));
  });

  it.each([
    ['tenants', ['t1', 'openai'], ['t2', 'openai']],
    ['dialects', ['t', 'openai'], ['t', 'anthropic']],
    ['tenants and dialects that read the same in a row', ['ab', 'c'], ['a', 'bc']],
    ['tenants with quotes in their names', ['a""b', 'c'], ['a', 'b""c']],
  ] as const)('differs between two %s', (_, one, other) => {
    expect(keyOf({}, ...one)).not.toBe(keyOf({}, ...other));
  });

  it('is short whatever the question is', () => {
    expect(keyOf({ text: 'x'.repeat(100_000) })).toMatch(/^[\w-]{43}$/);
  });
});
