import { compilePatterns } from '../patterns/matcher.js';
import type { TextFilter } from './text-filter.js';
import { Scanner } from './scanner.js';

const WRITTEN = compilePatterns(['\\[[A-Z_]{1,16}_\\d{1,6}\\]'], false);
const LONGEST = 32;

/** What stands in place of a value. */
export interface Names {
  of(label: string, value: string): string;
}

/**
 * What stands for what in one call. The same value has the same placeholder throughout, in the order of their first
 * coming, so that a conversation which is sent again with one more turn begins with the same bytes.
 */
export class Placeholders implements Names {
  readonly #byValue = new Map<string, string>();
  readonly #byName = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #isTaken: (name: string) => boolean;
  /** For answers: what the prompt did not name gets no name any more, so that nothing else can be put back in its place. */
  readonly inAnswers: Names = { of: (label, value) => this.#byValue.get(`${label} ${value}`) ?? `[${label}]` };

  /** `isTaken`: whether the caller's own text has it already, so that it cannot mean anything else. */
  constructor(isTaken: (name: string) => boolean) {
    this.#isTaken = isTaken;
  }

  get isEmpty(): boolean {
    return this.#byName.size === 0;
  }

  of(label: string, value: string): string {
    const known = this.#byValue.get(`${label} ${value}`);
    if (known !== undefined) return known;
    let name: string;
    do {
      const count = (this.#counts.get(label) ?? 0) + 1;
      this.#counts.set(label, count);
      name = `[${label}_${count}]`;
    } while (this.#isTaken(name));
    this.#byValue.set(`${label} ${value}`, name);
    this.#byName.set(name, value);
    return name;
  }

  /** Puts the values back. */
  restore(): TextFilter {
    return new Scanner({
      matcher: WRITTEN,
      maxChars: LONGEST,
      replace: ({ text }) => this.#byName.get(text) ?? text,
    });
  }
}
