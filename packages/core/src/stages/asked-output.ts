import { isCount, isJsonObject } from '@sluice/toolkit';
import type { DialectId, JsonObject } from '@sluice/contract';

/** How the body of a dialect bounds its answer: where several names stand, the highest holds. */
interface Words {
  readonly bounds: readonly string[];
  readonly choices: readonly string[];
  /** Where a list stands, each of which is answered by itself. */
  readonly prompts?: string;
  /** The members in which the bounds and choices stand, in every spelling; the body itself where absent. */
  readonly within?: readonly string[];
}

/**
 * The names of each dialect, and no other one's: who reads `max_tokens` does not hear a caller that says `max_output_tokens`.
 * npm openai 7.57.0, `resources/{chat/completions,completions,responses}`; npm @anthropic-ai/sdk 1.14.0,
 * `resources/messages`; https://ai.google.dev/api/generate-content#generationconfig
 */
const WORDS: ReadonlyMap<DialectId | undefined, Words> = new Map<DialectId, Words>([
  ['openai-chat', { bounds: ['max_completion_tokens', 'max_tokens'], choices: ['n'] }],
  ['openai-completions', { bounds: ['max_tokens'], choices: ['n', 'best_of'], prompts: 'prompt' }],
  ['openai-responses', { bounds: ['max_output_tokens'], choices: [] }],
  ['openai-images', { bounds: [], choices: ['n'] }],
  ['anthropic-messages', { bounds: ['max_tokens'], choices: [] }],
  [
    'gemini-generate',
    {
      bounds: ['maxOutputTokens', 'max_output_tokens'],
      choices: ['candidateCount', 'candidate_count'],
      within: ['generationConfig', 'generation_config'],
    },
  ],
]);

/** Of bodies in other words: a bound of theirs can only be too high, and never lowers what is assumed. */
const ANY: Words = {
  bounds: ['max_completion_tokens', 'max_tokens', 'max_output_tokens', 'maxOutputTokens', 'maxTokens'],
  choices: ['n', 'best_of', 'candidateCount'],
};
const ANYWHERE: Words = { ...ANY, within: ['generationConfig', 'inferenceConfig'] };

const MAX_CHOICES = 128;

/** What a body bounds its output by; `assumed` where it says nothing that its dialect reads. */
export function outputBound(dialect: DialectId | undefined, wire: JsonObject, assumed: number): number {
  const words = WORDS.get(dialect);
  if (words) return highest(words, words.bounds, wire) ?? assumed;
  return Math.max(assumed, highest(ANY, ANY.bounds, wire) ?? 0, highest(ANYWHERE, ANY.bounds, wire) ?? 0);
}

/** How many answers a body asks for. */
export function choicesOf(dialect: DialectId | undefined, wire: JsonObject): number {
  const words = WORDS.get(dialect);
  const asked = words
    ? highest(words, words.choices, wire)
    : Math.max(highest(ANY, ANY.choices, wire) ?? 1, highest(ANYWHERE, ANY.choices, wire) ?? 1);
  return Math.min(MAX_CHOICES, Math.max(1, asked ?? 1)) * promptsOf(words, wire);
}

/** A list of numbers is one prompt in tokens. */
function promptsOf(words: Words | undefined, wire: JsonObject): number {
  const list = words?.prompts === undefined ? undefined : wire[words.prompts];
  return Array.isArray(list) && typeof list[0] !== 'number' ? Math.max(1, list.length) : 1;
}

function highest({ within }: Words, names: readonly string[], wire: JsonObject): number | undefined {
  let found: number | undefined;
  for (const place of within ? within.map((name) => wire[name]).filter(isJsonObject) : [wire]) {
    for (const name of names) {
      const value = place[name];
      if (isCount(value)) found = Math.max(found ?? 0, value);
    }
  }
  return found;
}
