import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePatterns, isMatch } from '../patterns/matcher.js';
import { Scanner } from './scanner.js';
import { filterText } from './text-filter.js';

const PATTERNS = [
  'ab+c',
  '\\bfoo\\b',
  '[0-9]{3}-[0-9]{2}',
  'x(?:y|zz)*w?',
  '^start',
  'end$',
  '\\w+@\\w+(?:\\.\\w+)+',
  'a{2,4}',
  'q.{0,5}q',
];
const alphabet = fc.constantFrom(...'abcfoxyzw0123-@.q _\né', 'start', 'end', 'foo', 'abc', 'a@b.c', '123-45');
const texts = fc.array(alphabet, { maxLength: 60 }).map((parts) => parts.join(''));
const patterns = fc.subarray(PATTERNS, { minLength: 1 });

function scan(sources: readonly string[], maxChars: number): Scanner {
  const matcher = compilePatterns(sources, false);
  return new Scanner({ matcher, maxChars, replace: ({ pattern }) => `<${pattern}>` });
}

function cut(text: string, places: readonly number[]): string[] {
  const at = [...new Set(places.map((place) => place % (text.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...at].map((from, i) => text.slice(from, at[i] ?? text.length));
}

describe('what a scanner replaces', () => {
  it('does not depend on how the text was cut', () => {
    fc.assert(
      fc.property(
        fc.record({
          sources: patterns,
          text: texts,
          places: fc.array(fc.nat(200)),
          maxChars: fc.integer({ min: 16, max: 64 }),
        }),
        ({ sources, text, places, maxChars }) => {
          const scanner = scan(sources, maxChars);
          const pieces = cut(text, places).map((piece) => scanner.push(piece));
          expect(pieces.join('') + scanner.end()).toBe(filterText(scan(sources, maxChars), text));
        },
      ),
      { numRuns: 700 },
    );
  });

  it('is what ECMAScript finds where both take the longest match', () => {
    const sources = ['ab+c', '\\bfoo\\b', '[0-9]{3}-[0-9]{2}', 'a{2,4}', '\\w+@\\w+(?:\\.\\w+)+', '^start', 'end$'];
    fc.assert(
      fc.property(fc.constantFrom(...sources), texts, (source, text) => {
        expect(filterText(scan([source], 512), text)).toBe(text.replaceAll(new RegExp(source, 'g'), '<0>'));
      }),
      { numRuns: 1_500 },
    );
  });

  it('is found by a search wherever ECMAScript finds something', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PATTERNS), texts, (source, text) => {
        expect(isMatch(compilePatterns([source], true), text)).toBe(new RegExp(source, 'i').test(text));
      }),
      { numRuns: 1_500 },
    );
  });

  it('never comes out in part where it is refused', () => {
    fc.assert(
      fc.property(texts, texts, fc.array(fc.nat(300)), (before, after, places) => {
        const matcher = compilePatterns(['SECRET-[0-9]{4}'], false);
        const refuse = (): never => {
          throw new Error('refused');
        };
        const scanner = new Scanner({ matcher, maxChars: 64, onMatch: refuse, replace: refuse });
        let out = '';
        expect(() => {
          for (const piece of cut(`${before}SECRET-1234${after}`, places)) out += scanner.push(piece);
          out += scanner.end();
        }).toThrow('refused');
        expect(out).not.toContain('S');
      }),
    );
  });
});
