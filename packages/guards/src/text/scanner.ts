import type { Before, State } from '../patterns/automaton.js';
import type { Matcher } from '../patterns/matcher.js';
import type { TextFilter } from './text-filter.js';

/** What was found in a text. */
export interface Finding {
  /** The number of the pattern. */
  readonly pattern: number;
  readonly text: string;
}

export interface ScanRules {
  readonly matcher: Matcher;
  /** So much is kept back at most; what is longer may be found in part only. */
  readonly maxChars: number;
  /** Told as soon as a match of a pattern has ended, before anything of it is out. Throws where the text is to be refused. */
  onMatch?(pattern: number): void;
  /** Whether what looks like one is one; everything is where absent. */
  isOne?(finding: Finding): boolean;
  /** What stands in its place. Throws where the text is to be refused. */
  replace(finding: Finding): string;
}

interface Match extends Finding {
  readonly end: number;
  /** Set where the match may go on beyond the text that is there. */
  readonly going: State | undefined;
}
interface Replaced {
  readonly text: string;
  /** How far the text was read. */
  readonly at: number;
  readonly going: State | undefined;
}
interface Region {
  readonly text: string;
  readonly before: Before;
  /** Matches that begin at or behind it are left alone. */
  readonly until: number;
  /** The text ends with it. */
  readonly isEnd: boolean;
}

/**
 * Replaces what patterns find, the leftmost match first and the longest of those. It reads one code unit after the
 * other, so what comes out does not depend on how the text was cut; and it keeps back only what may still become a
 * match, so nothing of a match is out before the match is known.
 */
export class Scanner implements TextFilter {
  readonly #rules: ScanRules;
  #state: State;
  /** What may be a match, or the beginning of one. */
  #held = '';
  /** A match has ended within it. */
  #isHit = false;
  /** What stood before it. */
  #before: Before = 'start';
  /** A match that was replaced already and may go on. */
  #going: State | undefined;

  constructor(rules: ScanRules) {
    this.#rules = rules;
    this.#state = rules.matcher.anywhere.begin('start');
  }

  push(piece: string): string {
    const text = this.#held + piece;
    const { maxChars } = this.#rules;
    let out = '';
    /** What is in `out`, and where what may be a match begins. */
    let [done, begin] = [0, 0];
    for (let i = this.#held.length; i < text.length; i += 1) {
      if (this.#swallows(text.charCodeAt(i))) {
        done = begin = i + 1;
        continue;
      }
      const isOver = this.#step(text.charCodeAt(i));
      const isFull = !isOver && i + 1 - begin >= maxChars;
      if (this.#isHit && (isOver || isFull)) {
        const replaced = this.#close(text.slice(begin, i + 1), this.#beforeOf(text, begin), isOver);
        out += text.slice(done, begin) + replaced.text;
        done = begin += replaced.at;
      } else if (isOver) begin = i + 1;
      else if (isFull) begin += maxChars >> 1;
    }
    this.#before = this.#beforeOf(text, begin);
    this.#held = text.slice(begin);
    return out + text.slice(done, begin);
  }

  end(): string {
    const { matcher } = this.#rules;
    const held = this.#held;
    if (!this.#going) this.#note(matcher.anywhere.end(this.#state));
    this.#held = '';
    if (!this.#isHit) return held;
    return this.#replace({ text: held, before: this.#before, until: held.length, isEnd: true }).text;
  }

  /** True where nothing is under way behind this unit. */
  #step(unit: number): boolean {
    const { to, ended } = this.#rules.matcher.anywhere.step(this.#state, unit);
    if (ended.length > 0) this.#note(ended);
    this.#state = to;
    return to.isQuiet;
  }

  #note(ended: readonly number[]): void {
    const { onMatch } = this.#rules;
    if (ended.length === 0) return;
    this.#isHit = true;
    if (onMatch) for (const pattern of ended) onMatch(pattern);
  }

  /** Whether the unit belongs to a match that is replaced already. */
  #swallows(unit: number): boolean {
    const going = this.#going;
    if (!going) return false;
    const { anywhere, here } = this.#rules.matcher;
    const { to, ended } = here.step(going, unit);
    const goesOn = ended.length > 0 && !to.isQuiet;
    this.#going = goesOn ? to : undefined;
    if (!goesOn) this.#state = anywhere.begin(going.before);
    return goesOn;
  }

  /** A match is within: all of it is looked through where nothing is under way any more, else the first half. */
  #close(text: string, before: Before, isOver: boolean): Replaced {
    const until = isOver ? text.length : this.#rules.maxChars >> 1;
    const replaced = this.#replace({ text, before, until, isEnd: false });
    this.#going = replaced.going;
    if (isOver || replaced.going || replaced.at === text.length) this.#isHit = false;
    return replaced;
  }

  #replace(region: Region): Replaced {
    const { text, until } = region;
    let { before } = region;
    let out = '';
    let [done, at] = [0, 0];
    let going: State | undefined;
    while (at < until && !going) {
      const match = this.#matchAt(region, at, before);
      if (match) {
        out += text.slice(done, at) + this.#rules.replace({ pattern: match.pattern, text: match.text });
        done = match.end;
        going = match.going;
      }
      at = match ? match.end : at + 1;
      before = this.#rules.matcher.here.before(text.charCodeAt(at - 1));
    }
    return { text: out + text.slice(done, at), at, going };
  }

  /** The longest match that begins here. */
  #matchAt({ text, isEnd }: Region, from: number, before: Before): Match | undefined {
    const { here } = this.#rules.matcher;
    const ends: (readonly [end: number, patterns: readonly number[]])[] = [];
    let state = here.begin(before);
    let at = from;
    for (; at < text.length && !state.isQuiet; at += 1) {
      const { to, ended } = here.step(state, text.charCodeAt(at));
      if (ended.length > 0 && at > from) ends.push([at, ended]);
      state = to;
    }
    const isOpen = !state.isQuiet;
    if (isOpen && isEnd && at > from) ends.push([at, here.end(state)]);
    for (const [end, patterns] of ends.toReversed()) {
      const found = patterns
        .map((pattern) => ({ pattern, text: text.slice(from, end) }))
        .find((one) => this.#isOne(one));
      if (!found) continue;
      // What ends right before the last unit may well go on with it.
      const goesOn = isOpen && !isEnd && end >= text.length - 1;
      return { ...found, end: goesOn ? text.length : end, going: goesOn ? state : undefined };
    }
    return undefined;
  }

  #isOne(finding: Finding): boolean {
    return this.#rules.isOne?.(finding) ?? true;
  }

  #beforeOf(text: string, at: number): Before {
    return at === 0 ? this.#before : this.#rules.matcher.here.before(text.charCodeAt(at - 1));
  }
}
