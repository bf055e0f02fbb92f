import { DIGITS, NOT_LINE_END, SPACE, WORD, complement, foldCase, single, union } from './char-set.js';
import type { CharSet } from './char-set.js';

export type Assertion = 'start' | 'end' | 'word' | 'not-word';

/** A pattern, as it is written. */
export type PatternNode =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'assert'; readonly assertion: Assertion }
  | { readonly kind: 'sequence'; readonly nodes: readonly PatternNode[] }
  | { readonly kind: 'either'; readonly nodes: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly node: PatternNode; readonly min: number; readonly max: number };

const MAX_LENGTH = 4_096;
const MAX_DEPTH = 32;
const MAX_REPEAT = 1_000;
const CLASSES: Readonly<Record<string, CharSet>> = {
  d: DIGITS,
  D: complement(DIGITS),
  w: WORD,
  W: complement(WORD),
  s: SPACE,
  S: complement(SPACE),
};
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11 };
const COUNTS = /\{(\d{1,6})(?:(,)(\d{1,6})?)?\}/y;

/**
 * Reads a regular expression in ECMAScript's syntax, without what no automaton can do: there is no looking around and no
 * referring back. Throws a `SyntaxError` whose message says what is not taken. By code units: a character beyond the
 * basic plane is two of them, and cannot stand in a class.
 */
export function parsePattern(source: string, ignoreCase: boolean): PatternNode {
  if (source.length > MAX_LENGTH) throw new SyntaxError(`a pattern has at most ${MAX_LENGTH} characters`);
  return new PatternReader(source, ignoreCase).read();
}

class PatternReader {
  readonly #source: string;
  readonly #ignoreCase: boolean;
  #at = 0;
  #depth = 0;

  constructor(source: string, ignoreCase: boolean) {
    this.#source = source;
    this.#ignoreCase = ignoreCase;
  }

  read(): PatternNode {
    const node = this.#either();
    if (this.#at < this.#source.length) throw this.#wrong('a parenthesis is closed that was not opened');
    return node;
  }

  #either(): PatternNode {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw this.#wrong(`parentheses go deeper than ${MAX_DEPTH}`);
    const nodes = [this.#sequence()];
    while (this.#take('|')) nodes.push(this.#sequence());
    this.#depth -= 1;
    return nodes.length === 1 ? (nodes[0] as PatternNode) : { kind: 'either', nodes };
  }

  #sequence(): PatternNode {
    const nodes: PatternNode[] = [];
    while (this.#at < this.#source.length && !this.#isAt('|') && !this.#isAt(')')) nodes.push(this.#repeated());
    return { kind: 'sequence', nodes };
  }

  #repeated(): PatternNode {
    const node = this.#atom();
    const counts = this.#counts();
    if (!counts) return node;
    // How eager it is makes no difference: the longest match counts.
    this.#take('?');
    if (node.kind === 'assert') throw this.#wrong('an assertion cannot be repeated');
    if (this.#isAt('*') || this.#isAt('+') || this.#isAt('?')) throw this.#wrong('there is nothing to repeat');
    return { kind: 'repeat', node, ...counts };
  }

  #counts(): { readonly min: number; readonly max: number } | undefined {
    if (this.#take('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#take('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#take('?')) return { min: 0, max: 1 };
    if (!this.#isAt('{')) return undefined;
    COUNTS.lastIndex = this.#at;
    const found = COUNTS.exec(this.#source);
    if (!found) throw this.#wrong('a brace that is meant as itself is written \\{');
    this.#at = COUNTS.lastIndex;
    const min = Number(found[1]);
    const open = found[2] === undefined ? min : Number.POSITIVE_INFINITY;
    const max = found[3] === undefined ? open : Number(found[3]);
    if (min > max) throw this.#wrong('the counts are out of order');
    if (min > MAX_REPEAT || (max > MAX_REPEAT && max !== Number.POSITIVE_INFINITY))
      throw this.#wrong(`a count is at most ${MAX_REPEAT}`);
    return { min, max };
  }

  #atom(): PatternNode {
    const char = this.#source[this.#at] as string;
    this.#at += 1;
    switch (char) {
      case '(':
        return this.#group();
      case '[':
        return this.#set(this.#charClass());
      case '.':
        return { kind: 'set', set: NOT_LINE_END };
      case '^':
        return { kind: 'assert', assertion: 'start' };
      case '$':
        return { kind: 'assert', assertion: 'end' };
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
        throw this.#wrong('there is nothing to repeat');
      case '{':
      case '}':
      case ']':
        throw this.#wrong(`a ${char} that is meant as itself is written \\${char}`);
      default:
        return this.#set(single(char.charCodeAt(0)));
    }
  }

  #group(): PatternNode {
    if (this.#take('?') && !this.#take(':')) throw this.#wrong('of groups with a question mark only (?:…) is taken');
    const node = this.#either();
    if (!this.#take(')')) throw this.#wrong('a parenthesis is not closed');
    return node;
  }

  #escape(): PatternNode {
    if (this.#take('b')) return { kind: 'assert', assertion: 'word' };
    if (this.#take('B')) return { kind: 'assert', assertion: 'not-word' };
    const escaped = this.#escaped();
    return this.#set(typeof escaped === 'number' ? single(escaped) : escaped);
  }

  /** What stands behind a backslash: one code unit, or a class of them. */
  #escaped(): number | CharSet {
    const char = this.#source[this.#at];
    if (char === undefined) throw this.#wrong('the pattern ends with a backslash');
    this.#at += 1;
    const charClass = CLASSES[char];
    if (charClass) return charClass;
    const control = CONTROLS[char];
    if (control !== undefined) return control;
    if (char === 'x') return this.#hex(2);
    if (char === 'u') return this.#hex(4);
    if (/[A-Za-z0-9]/.test(char)) throw this.#wrong(`\\${char} is not taken`);
    return char.charCodeAt(0);
  }

  #hex(digits: number): number {
    const text = this.#source.slice(this.#at, this.#at + digits);
    if (text.length < digits || !/^[0-9a-f]+$/i.test(text))
      throw this.#wrong(`${digits} hexadecimal digits are expected`);
    this.#at += digits;
    return Number.parseInt(text, 16);
  }

  #charClass(): CharSet {
    const isNegated = this.#take('^');
    const sets: CharSet[] = [];
    while (!this.#take(']')) {
      if (this.#at >= this.#source.length) throw this.#wrong('a class is not closed');
      sets.push(this.#classItem());
    }
    const set = this.#ignoreCase ? foldCase(union(sets)) : union(sets);
    return isNegated ? complement(set) : set;
  }

  #classItem(): CharSet {
    const low = this.#classUnit();
    const isRange = this.#isAt('-') && this.#source[this.#at + 1] !== ']';
    if (!isRange) return typeof low === 'number' ? single(low) : low;
    this.#at += 1;
    const high = this.#classUnit();
    if (typeof low !== 'number' || typeof high !== 'number' || low > high)
      throw this.#wrong('a range in a class has its bounds out of order, or one that is a class itself');
    return [low, high];
  }

  #classUnit(): number | CharSet {
    if (this.#take('\\')) return this.#take('b') ? 8 : this.#escaped();
    const unit = this.#source.charCodeAt(this.#at);
    if (Number.isNaN(unit)) throw this.#wrong('a class is not closed');
    if (unit >= 0xd800 && unit <= 0xdfff)
      throw this.#wrong('a character beyond U+FFFF cannot stand in a class: write it as one of several in (?:…|…)');
    this.#at += 1;
    return unit;
  }

  #set(set: CharSet): PatternNode {
    return { kind: 'set', set: this.#ignoreCase ? foldCase(set) : set };
  }

  #isAt(char: string): boolean {
    return this.#source[this.#at] === char;
  }

  #take(char: string): boolean {
    if (!this.#isAt(char)) return false;
    this.#at += 1;
    return true;
  }

  #wrong(what: string): SyntaxError {
    return new SyntaxError(`${what} (at character ${this.#at + 1} of the pattern)`);
  }
}
