import { Automaton } from './automaton.js';
import { parsePattern } from './parse-pattern.js';
import { createProgram } from './program.js';

/** Patterns that are ready to run. */
export interface Matcher {
  /** Tells whether and where a match may be under way. */
  readonly anywhere: Automaton;
  /** Tells how far the matches go that begin at one place. */
  readonly here: Automaton;
}

/** Throws a `SyntaxError` with what is wrong with one of them. Its number, counted from 0, names a pattern. */
export function compilePatterns(sources: readonly string[], ignoreCase: boolean): Matcher {
  const program = createProgram(sources.map((source) => parsePattern(source, ignoreCase)));
  return { anywhere: new Automaton(program, false), here: new Automaton(program, true) };
}

/** Whether any of the patterns matches anywhere. */
export function isMatch({ anywhere }: Matcher, text: string): boolean {
  let state = anywhere.begin('start');
  for (let i = 0; i < text.length; i += 1) {
    const { to, ended } = anywhere.step(state, text.charCodeAt(i));
    if (ended.length > 0) return true;
    state = to;
  }
  return anywhere.end(state).length > 0;
}
