import type { ContentStep } from './steps.js';
import { pick, type Random } from './random.js';
import type { PromptPart } from './question.js';

const CHARACTERS_PER_TOKEN = 4;
const TOKENS_PER_IMAGE = 85;

/** What a prompt costs, by the simulator's one rule: four characters are a token, an image is 85. */
export interface PromptCount {
  /** All of it, with what came from the cache and what went there. */
  readonly input: number;
  readonly cached: number;
  readonly written5m: number;
  readonly written1h: number;
}

/** What an answer costs. */
export interface TokenCount extends PromptCount {
  /** Reasoning included. */
  readonly output: number;
  readonly reasoning: number;
}

/** Tokens of a text: its code points divided by four, rounded up. */
export function countTokens(text: string): number {
  return Math.ceil(codePoints(text) / CHARACTERS_PER_TOKEN);
}

/** Tokens of a prompt. Never 0: no vendor bills an empty prompt as nothing. */
export function countInput(parts: readonly PromptPart[]): number {
  const characters = parts.reduce((sum, { text }) => sum + codePoints(text), 0);
  const images = parts.reduce((sum, part) => sum + part.images, 0);
  return Math.max(1, Math.ceil(characters / CHARACTERS_PER_TOKEN) + images * TOKENS_PER_IMAGE);
}

/** Cuts a text into its tokens: as many pieces as {@link countTokens} says, never inside a code point. */
export function splitTokens(text: string): string[] {
  const points = Array.from(text);
  const tokens: string[] = [];
  for (let i = 0; i < points.length; i += CHARACTERS_PER_TOKEN) {
    tokens.push(points.slice(i, i + CHARACTERS_PER_TOKEN).join(''));
  }
  return tokens;
}

const WORDS = [
  'the',
  'sun',
  'and',
  'sea',
  'are',
  'old',
  'but',
  'new',
  'sky',
  'sat',
  'not',
  'far',
  'off',
  'now',
  'ice',
  'ran',
];

/** `count` tokens of readable filler: a three-letter word and a space each. */
export function* fillerTokens(count: number, random: Random): Generator<string, void, undefined> {
  for (let i = 0; i < count; i += 1) yield `${pick(WORDS, random)} `;
}

/** Counts an answer as it is given. */
export interface Tally {
  add(step: ContentStep): void;
  readonly count: TokenCount;
}

export function createTally(prompt: PromptCount): Tally {
  let visible = 0;
  let reasoning = 0;
  return {
    add(step) {
      if (step.type === 'reasoning') reasoning += countTokens(step.text);
      else if (step.type === 'tool-call') visible += countTokens(step.name + step.json);
      else visible += countTokens(step.text);
    },
    get count() {
      return { ...prompt, output: visible + reasoning, reasoning };
    },
  };
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
