import { createHash } from 'node:crypto';
import { countInput, type PromptCount } from './tokens.js';
import type { PromptPart } from './question.js';

/** Whether a vendor keeps prefixes of its own accord, or where the caller marked their end. */
export type CacheRule = 'automatic' | 'marked';

/** Remembers prompts, so that a second one with the same beginning is told how much of it was read before. */
export interface PromptCache {
  /** Counts a prompt and remembers it. Prompts of different scopes know nothing of each other. */
  count(prompt: readonly PromptPart[], rule: CacheRule, scope: string): PromptCount;
}

/** No vendor keeps less: platform.openai.com/docs/guides/prompt-caching, platform.claude.com/docs/en/build-with-claude/prompt-caching */
const MIN_TOKENS = 1_024;
/** OpenAI reports hits in steps of this many tokens. */
const STEP = 128;
const KEPT_PREFIXES = 10_000;

export function createPromptCache(): PromptCache {
  const known = new Set<string>();
  const remember = (key: string): void => {
    known.delete(key);
    known.add(key);
    if (known.size > KEPT_PREFIXES) for (const oldest of known) return void known.delete(oldest);
  };
  return {
    count(prompt, rule, scope) {
      const input = countInput(prompt);
      if (input < MIN_TOKENS) return { input, cached: 0, written5m: 0, written1h: 0 };
      const ends = toEnds(prompt, rule, scope);
      const cached = ends.findLast(({ key }) => known.has(key))?.tokens ?? 0;
      for (const { key, keep } of ends) if (keep) remember(key);
      return { input, cached, ...toWritten(ends, cached) };
    },
  };
}

/** The end of one part, seen from the beginning of the prompt. */
interface End {
  readonly key: string;
  readonly tokens: number;
  readonly keep: '5m' | '1h' | undefined;
}

function toEnds(prompt: readonly PromptPart[], rule: CacheRule, scope: string): readonly End[] {
  const hash = createHash('sha256').update(`${rule} ${scope}`);
  const ends = prompt.map((part, index) => {
    hash.update(`\0${part.images}\0${part.text}`);
    const all = countInput(prompt.slice(0, index + 1));
    const tokens = rule === 'automatic' ? all - (all % STEP) : all;
    const keep = rule === 'automatic' ? ('5m' as const) : part.mark;
    return { key: hash.copy().digest('base64'), tokens, keep };
  });
  return ends.filter(({ tokens }) => tokens >= MIN_TOKENS);
}

/** What lies between the end of the hit and each end that is kept, by how long it is kept. */
function toWritten(ends: readonly End[], cached: number): Pick<PromptCount, 'written5m' | 'written1h'> {
  let from = cached;
  const written = { '5m': 0, '1h': 0 };
  for (const { tokens, keep } of ends) {
    if (!keep || tokens <= from) continue;
    written[keep] += tokens - from;
    from = tokens;
  }
  return { written5m: written['5m'], written1h: written['1h'] };
}
