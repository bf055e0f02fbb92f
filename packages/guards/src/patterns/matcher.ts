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

/** Told what work is about to be done, or was; may throw. */
export type TakeSteps = (steps: number) => void;

/** Throws a `SyntaxError` with what is wrong with one of them. Its number, counted from 0, names a pattern. */
export function compilePatterns(sources: readonly string[], ignoreCase: boolean, take?: TakeSteps): Matcher {
  const nodes = sources.map((source) => parsePattern(source, ignoreCase));
  const program = createProgram(nodes, take);
  return { anywhere: new Automaton(program, false), here: new Automaton(program, true) };
}

/**
 * Whether any of the patterns matches anywhere. `take` is told of each character, and of what the automaton has to find
 * out for it, which for some patterns is much for every character.
 */
export function isMatch({ anywhere }: Matcher, text: string, take?: TakeSteps): boolean {
  take?.(text.length);
  let { explored } = anywhere;
  let state = anywhere.begin('start');
  for (let i = 0; i < text.length; i += 1) {
    const { to, ended } = anywhere.step(state, text.charCodeAt(i));
    if (ended.length > 0) return true;
    state = to;
    if (anywhere.explored === explored) continue;
    take?.(anywhere.explored - explored);
    ({ explored } = anywhere);
  }
  return anywhere.end(state).length > 0;
}
