import { describe, expect, it } from 'vitest';
import { compilePatterns } from '../patterns/matcher.js';
import { Scanner } from './scanner.js';
import { filterText } from './text-filter.js';

/** Each makes an engine that goes back take longer than anybody waits, with the text beside it. */
describe('no pattern hangs', () => {
  it.each([
    ['(?:a+)+$', `${'a'.repeat(50_000)}b`],
    ['(?:a|a)*b', 'a'.repeat(50_000)],
    ['(?:a|aa)+$', `${'a'.repeat(50_000)}!`],
    ['(?:.*,){20}P', '1,'.repeat(25_000)],
    ['(?:x+x+)+y', 'x'.repeat(50_000)],
    ['[^\\n]{0,500}[0-9][^\\n]{0,500}z', '1'.repeat(25_000)],
  ])('%s', (pattern, text) => {
    const matcher = compilePatterns([pattern], false);
    const scanner = new Scanner({ matcher, maxChars: 512, replace: () => '' });
    expect(filterText(scanner, text)).toHaveLength(text.length);
  });

  it('where there is a match, before a region in which the next one may still end', () => {
    const matcher = compilePatterns([String.raw`z|a[^\n]*b`], false);
    const scanner = new Scanner({ matcher, maxChars: 512, replace: () => '' });
    expect(filterText(scanner, `az${'a'.repeat(50_000)}`)).toBe('a'.repeat(50_001));
  });
});
