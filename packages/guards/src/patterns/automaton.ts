import type { Program, Step } from './program.js';

/** What stands before a place in a text. */
export type Before = 'start' | 'word' | 'other';

/** What one code unit leads to. */
export interface Edge {
  readonly to: State;
  /** The patterns of which a match ended before this unit, in their order. */
  readonly ended: readonly number[];
}
/** A deterministic state: where all the ways through the patterns stand that are still open. */
export interface State {
  readonly steps: readonly number[];
  readonly before: Before;
  /** By the class of the next unit, as far as they were asked for. */
  readonly edges: (Edge | undefined)[];
  /** No match is under way. */
  readonly isQuiet: boolean;
}

const MAX_STATES = 4_096;
const NONE: readonly number[] = [];

/**
 * A deterministic automaton that is made as texts need it: one step for each code unit, or for one that leads to a new state
 * as many as the program has places. No pattern and no text together take more than linear time. A match is known with the unit behind it, because an
 * assertion may ask for that.
 */
export class Automaton {
  readonly #program: Program;
  readonly #isAnchored: boolean;
  readonly #states = new Map<string, State>();
  #explored = 0;

  /** Anchored, a match begins where the text does; else anywhere. */
  constructor(program: Program, isAnchored: boolean) {
    this.#program = program;
    this.#isAnchored = isAnchored;
  }

  /** How many steps of the patterns were gone through so far, to find states that were not known. */
  get explored(): number {
    return this.#explored;
  }

  /** Nothing is under way. */
  begin(before: Before): State {
    return this.#state(this.#isAnchored ? [this.#program.start] : NONE, before);
  }

  step(state: State, unit: number): Edge {
    const unitClass = this.#program.classOf[unit] as number;
    return state.edges[unitClass] ?? this.#explore(state, unitClass);
  }

  /** The text ends here: the patterns of which a match does. */
  end(state: State): readonly number[] {
    const last = this.#program.classCount - 1;
    return (state.edges[last] ?? this.#explore(state, last)).ended;
  }

  before(unit: number): Before {
    return this.#program.isWord[this.#program.classOf[unit] as number] ? 'word' : 'other';
  }

  #explore(state: State, unitClass: number): Edge {
    const { steps, isWord, classCount } = this.#program;
    const isEnd = unitClass === classCount - 1;
    const reached = this.#close(state, { isEnd, isWord: isWord[unitClass] === true });
    this.#explored += reached.size;
    const ended: number[] = [];
    const next: number[] = [];
    for (const at of reached) {
      const step = steps[at] as Step;
      if (step.op === 'match') ended.push(step.pattern);
      else if (step.op === 'take' && step.classes[unitClass] === 1) next.push(step.next);
    }
    const to = this.#state([...new Set(next)].toSorted(byNumber), isWord[unitClass] ? 'word' : 'other');
    const edge: Edge = { to, ended: ended.length === 0 ? NONE : ended.toSorted(byNumber) };
    state.edges[unitClass] = edge;
    return edge;
  }

  /** All steps that are reached without taking a unit. */
  #close({ steps: from, before }: State, next: { readonly isEnd: boolean; readonly isWord: boolean }): Set<number> {
    const { steps, start } = this.#program;
    const reached = new Set<number>();
    const open = this.#isAnchored ? [...from] : [...from, start];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (reached.has(at)) continue;
      reached.add(at);
      const step = steps[at] as Step;
      if (step.op === 'fork') open.push(...step.next);
      else if (step.op === 'assert' && holds(step.assertion, before, next)) open.push(step.next);
    }
    return reached;
  }

  #state(steps: readonly number[], before: Before): State {
    const name = `${before} ${steps.join()}`;
    const known = this.#states.get(name);
    if (known) return known;
    if (this.#states.size >= MAX_STATES) this.#forget();
    const edges = new Array<Edge | undefined>(this.#program.classCount).fill(undefined);
    const state: State = { steps, before, edges, isQuiet: steps.length === 0 };
    this.#states.set(name, state);
    return state;
  }

  /** A text can lead through more states than are worth keeping. */
  #forget(): void {
    for (const { edges } of this.#states.values()) edges.fill(undefined);
    this.#states.clear();
  }
}

function byNumber(a: number, b: number): number {
  return a - b;
}

function holds(
  assertion: Extract<Step, { readonly op: 'assert' }>['assertion'],
  before: Before,
  next: { readonly isEnd: boolean; readonly isWord: boolean },
): boolean {
  if (assertion === 'start') return before === 'start';
  if (assertion === 'end') return next.isEnd;
  const isBoundary = (before === 'word') !== next.isWord;
  return assertion === 'word' ? isBoundary : !isBoundary;
}
