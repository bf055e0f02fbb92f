import { compilePatterns } from '../patterns/matcher.js';
import type { TextGuard } from './guard.js';
import { recogniserOf } from './personal-data.js';
import type { Entity } from './personal-data.js';

interface Masking {
  readonly action: 'deny' | 'mask';
  readonly maxMatchChars: number;
}
export interface PatternGuardInit extends Masking {
  readonly patterns: readonly string[];
  readonly ignoreCase: boolean;
  readonly replacement: string;
}

/** Throws a `SyntaxError` for a pattern that is not taken. */
export function createPatternGuard(init: PatternGuardInit): TextGuard {
  const { patterns, ignoreCase, replacement, action, maxMatchChars } = init;
  return {
    reads: 'text',
    action,
    matcher: compilePatterns(patterns, ignoreCase),
    maxChars: maxMatchChars,
    mask: () => replacement,
  };
}

export interface KeywordGuardInit extends Masking {
  readonly words: readonly string[];
  readonly ignoreCase: boolean;
  readonly replacement: string;
}

const SPECIAL = /[\\^$.*+?()[\]{}|]/g;
const SPACES = /\s+/g;

/** Whole words and phrases; any run of white space between the words of a phrase is as good as another. */
export function createKeywordGuard({ words, ...init }: KeywordGuardInit): TextGuard {
  return createPatternGuard({ ...init, patterns: words.map(toPattern) });
}

function toPattern(word: string): string {
  const trimmed = word.trim();
  const escaped = trimmed.replaceAll(SPECIAL, '\\$&').replaceAll(SPACES, '\\s+');
  return `${edge(trimmed[0])}${escaped}${edge(trimmed.at(-1))}`;
}

/** A word that ends with a sign ends there, whatever follows. */
function edge(char: string | undefined): string {
  return char !== undefined && /\w/.test(char) ? '\\b' : '';
}

export interface PersonalDataInit extends Masking {
  readonly entities: readonly Entity[];
  readonly reversible: boolean;
}

export function createPersonalDataGuard(init: PersonalDataInit): TextGuard {
  const { entities, reversible, action, maxMatchChars } = init;
  const recognisers = entities.map(recogniserOf);
  return {
    reads: 'text',
    action,
    matcher: compilePatterns(
      recognisers.map(({ pattern }) => pattern),
      true,
    ),
    maxChars: maxMatchChars,
    isOne: ({ pattern, text }) => recognisers[pattern]?.isOne?.(text) ?? true,
    mask({ pattern, text }, names) {
      const label = recognisers[pattern]?.label ?? '';
      return reversible ? names.of(label, text) : `[${label}]`;
    },
  };
}
