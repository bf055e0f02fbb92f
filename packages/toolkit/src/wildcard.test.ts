import { describe, expect, it } from 'vitest';
import { matchesWildcard } from './wildcard.js';

describe('a name and a pattern', () => {
  it.each([
    ['gpt-5', 'gpt-5', true],
    ['gpt-5', 'gpt-5-mini', false],
    ['gpt-*', 'gpt-5-mini', true],
    ['gpt-*', 'gpt-', true],
    ['gpt-*', 'gpt', false],
    ['gpt-*', 'gpt-*', true],
    ['*', '', true],
    ['*-mini', 'gpt-5-mini', false],
    ['g*t', 'gpt', false],
    ['', 'gpt-5', false],
  ])('%j and %j: %s', (pattern, name, matches) => {
    expect(matchesWildcard(pattern, name)).toBe(matches);
  });
});
