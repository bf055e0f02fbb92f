import { WORD, toPairs } from './char-set.js';
import type { CharSet } from './char-set.js';
import type { Assertion, PatternNode } from './parse-pattern.js';

/** One step of a non-deterministic automaton; `next` names the step after it. */
export type Step =
  /** Takes one code unit of these classes. */
  | { readonly op: 'take'; readonly classes: Uint8Array; readonly next: number }
  | { readonly op: 'fork'; readonly next: readonly number[] }
  | { readonly op: 'assert'; readonly assertion: Assertion; readonly next: number }
  /** The pattern with this number has matched. */
  | { readonly op: 'match'; readonly pattern: number };

/** Patterns in a form that can be run: all of them at once. */
export interface Program {
  readonly steps: readonly Step[];
  readonly start: number;
  /** Which class a code unit is of: no pattern tells the units of one class apart. */
  readonly classOf: Uint16Array;
  /** Classes, the end of the text among them as the last. */
  readonly classCount: number;
  readonly isWord: readonly boolean[];
}

const UNITS = 0x1_0000;
const MAX_STEPS = 8_192;

type Draft =
  | { readonly op: 'take'; readonly set: CharSet; readonly next: number }
  | { readonly op: 'fork'; readonly next: number[] }
  | Extract<Step, { readonly op: 'assert' | 'match' }>;

/** Throws a `SyntaxError` for patterns that would need too many steps. `take` is told of the work before it is done. */
export function createProgram(patterns: readonly PatternNode[], take?: (steps: number) => void): Program {
  const drafts: Draft[] = [];
  const starts = patterns.map((node, pattern) => emit(drafts, node, add(drafts, { op: 'match', pattern })));
  const start = add(drafts, { op: 'fork', next: starts });
  const sets = distinctSets(drafts);
  take?.(drafts.length * sets.length);
  const { classOf, firstOf } = divide(sets);
  const steps = drafts.map((draft): Step =>
    draft.op === 'take' ? { op: 'take', classes: classesIn(draft.set, firstOf), next: draft.next } : draft,
  );
  const isWord = [...classesIn(WORD, firstOf)].map((has) => has === 1);
  return { steps, start, classOf, classCount: firstOf.length + 1, isWord: [...isWord, false] };
}

function add(drafts: Draft[], draft: Draft): number {
  if (drafts.length >= MAX_STEPS) throw new SyntaxError('the patterns are too large: shorten their counts');
  drafts.push(draft);
  return drafts.length - 1;
}

/** Writes the steps of a node that go on with `next`; returns the first of them. */
function emit(drafts: Draft[], node: PatternNode, next: number): number {
  switch (node.kind) {
    case 'set':
      return add(drafts, { op: 'take', set: node.set, next });
    case 'assert':
      return add(drafts, { op: 'assert', assertion: node.assertion, next });
    case 'sequence':
      return node.nodes.reduceRight((after, one) => emit(drafts, one, after), next);
    case 'either':
      return add(drafts, { op: 'fork', next: node.nodes.map((one) => emit(drafts, one, next)) });
    case 'repeat':
      return emitRepeat(drafts, node, next);
  }
}

function emitRepeat(
  drafts: Draft[],
  { node, min, max }: Extract<PatternNode, { readonly kind: 'repeat' }>,
  next: number,
): number {
  let at = next;
  if (max === Number.POSITIVE_INFINITY) {
    const ways: number[] = [next];
    at = add(drafts, { op: 'fork', next: ways });
    ways.push(emit(drafts, node, at));
  } else {
    for (let i = min; i < max; i += 1) at = add(drafts, { op: 'fork', next: [emit(drafts, node, at), next] });
  }
  for (let i = 0; i < min; i += 1) at = emit(drafts, node, at);
  return at;
}

interface Division {
  readonly classOf: Uint16Array;
  /** One unit of each class. */
  readonly firstOf: readonly number[];
}

function distinctSets(drafts: readonly Draft[]): readonly CharSet[] {
  const sets = [WORD, ...drafts.flatMap((draft) => (draft.op === 'take' ? [draft.set] : []))];
  return [...new Map(sets.map((set) => [set.join(), set])).values()];
}

/** Puts units into classes: two are of one class where every set has both or neither. */
function divide(distinct: readonly CharSet[]): Division {
  const cuts = new Set([0, UNITS]);
  for (const set of distinct) for (const [low, high] of toPairs(set)) cuts.add(low).add(high + 1);
  const bounds = [...cuts].toSorted((a, b) => a - b);
  const classOf = new Uint16Array(UNITS);
  const firstOf: number[] = [];
  const known = new Map<string, number>();
  for (const [i, low] of bounds.slice(0, -1).entries()) {
    const name = distinct.map((set) => (holds(set, low) ? '1' : '0')).join('');
    const found = known.get(name) ?? firstOf.push(low) - 1;
    known.set(name, found);
    classOf.fill(found, low, bounds[i + 1]);
  }
  return { classOf, firstOf };
}

function classesIn(set: CharSet, firstOf: readonly number[]): Uint8Array {
  return Uint8Array.from(firstOf, (unit) => (holds(set, unit) ? 1 : 0));
}

function holds(set: CharSet, unit: number): boolean {
  for (let i = 0; i < set.length; i += 2) {
    if (unit < (set[i] as number)) return false;
    if (unit <= (set[i + 1] as number)) return true;
  }
  return false;
}
