import { describe, expect, it } from 'vitest';
import { guardsSettings } from './settings.js';

const problemOf = (guard: object) => guardsSettings.safeParse({ a: guard }).error?.issues[0];

describe('guardsSettings', () => {
  it.each([
    ['(a', 'a parenthesis is not closed'],
    ['(?<=a)b', 'of groups with a question mark only'],
    ['(a)\\1', '\\1 is not taken'],
    ['[b-a]', 'out of order'],
    ['a{2,1}', 'the counts are out of order'],
    ['a{99999}', 'a count is at most 1000'],
    ['(?:a{1000}){1000}', 'the patterns are too large'],
    ['*a', 'there is nothing to repeat'],
    ['a**', 'there is nothing to repeat'],
    ['{', 'written \\{'],
    ['[💧]', 'beyond U+FFFF'],
    ['a\\', 'ends with a backslash'],
    ['\\p{L}', '\\p is not taken'],
    ['('.repeat(100), 'parentheses go deeper than 32'],
  ])('refuses the pattern %s', (pattern, reason) => {
    const problem = problemOf({ kind: 'regex', patterns: [pattern] });
    expect(problem?.path).toEqual(['a', 'patterns']);
    expect(problem?.message).toContain(reason);
  });

  it('refuses a schema that it cannot check', () => {
    expect(problemOf({ kind: 'json-schema', schema: { if: {} } })).toMatchObject({ path: ['a', 'schema'] });
  });

  it('reads input unless told otherwise, and of answers schemas only', () => {
    const settings = guardsSettings.parse({
      a: { kind: 'pii' },
      b: { kind: 'json-schema', schema: 'request' },
    });
    expect([settings['a']?.on, settings['b']?.on]).toEqual([['input'], ['output']]);
    expect(problemOf({ kind: 'json-schema', schema: 'request', on: ['input'] })).toBeDefined();
  });

  it('has no guard unless told otherwise', () => {
    expect(guardsSettings.parse(undefined)).toEqual({});
  });
});
