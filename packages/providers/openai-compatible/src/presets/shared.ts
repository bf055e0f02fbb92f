import { COMPATIBLE } from '../rules.js';
import type { ServerRules } from '../rules.js';

/** One server or vendor of the dialect. A new one is a row of a table, and no code. */
export interface Preset {
  /** Absent where every installation has an address of its own. */
  readonly baseUrl?: string;
  /** The variable in which the vendor's own SDK looks for the key; the gateway then needs no file. */
  readonly keyVariable?: string;
  readonly rules: ServerRules;
}

/** Fields of npm openai 7.57.0, resources/chat/completions/completions.d.ts, that no other vendor has. */
export const OPENAI_ONLY = [
  'audio',
  'modalities',
  'moderation',
  'prediction',
  'prompt_cache_options',
  'prompt_cache_retention',
  'safety_identifier',
  'store',
  'verbosity',
  'web_search_options',
] as const;

/** What OpenAI called tools before; the vendors that came later know the newer name only. */
const OLD_NAMES = ['functions', 'function_call'] as const;
/** Names that servers have for the wish to reason; one that is not the server's own is written in its words. */
const WISHES = ['reasoning', 'thinking', 'enable_thinking', 'thinking_budget'] as const;

/** Names of the dialect and of its speakers that a server does not know, but for these, which are its own. */
export function foreignBut(...own: readonly (typeof WISHES)[number][]): readonly string[] {
  return [...OLD_NAMES, ...WISHES.filter((name) => !own.includes(name))];
}

/** A vendor that serves open models: text and images in, functions for tools, `top_k`. */
export const OPEN_MODELS: ServerRules = {
  ...COMPATIBLE,
  refused: OPENAI_ONLY,
  foreign: [...foreignBut(), 'max_completion_tokens'],
  topK: true,
  files: [],
  sounds: false,
  customTools: false,
  refusals: false,
  reasoning: { effort: { field: 'reasoning_effort', levels: ['low', 'medium', 'high'] } },
};
