import type { Usage } from '@sluice/contract';
import { isJsonObject } from './json.js';
import type { Writable } from './writable.js';

export interface WireUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number; readonly cache_write_tokens?: number };
  readonly completion_tokens_details?: { readonly reasoning_tokens: number };
}

/**
 * A vendor's `usage` in the one meaning of the contract; nothing where its counts are no counts. Vendors differ in
 * what the two totals include, so a total that its own parts contradict is put right.
 */
export function readUsage(usage: unknown): Usage | undefined {
  if (!isJsonObject(usage)) return undefined;
  const prompt = toCount(usage.prompt_tokens);
  const completion = usage.completion_tokens === undefined ? 0 : toCount(usage.completion_tokens);
  if (prompt === undefined || completion === undefined) return undefined;
  const input = isJsonObject(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {};
  const output = isJsonObject(usage.completion_tokens_details) ? usage.completion_tokens_details : {};
  const cached = toCount(input.cached_tokens) ?? toCount(usage.prompt_cache_hit_tokens) ?? toCount(usage.cached_tokens);
  const written = toCount(input.cache_write_tokens) ?? toCount(usage.cache_creation_input_tokens);
  const reasoning = toCount(output.reasoning_tokens) ?? toCount(usage.reasoning_tokens);
  const outside = isOutside(reasoning, { prompt, completion, total: toCount(usage.total_tokens) });
  const counts: Writable<Usage> = {
    inputTokens: cached !== undefined && cached > prompt ? prompt + cached : prompt,
    outputTokens: outside ? completion + (reasoning ?? 0) : completion,
  };
  if (cached !== undefined) counts.cachedInputTokens = cached;
  if (written !== undefined) counts.cacheWriteTokens = written;
  if (reasoning !== undefined) counts.reasoningTokens = reasoning;
  return counts;
}

/** Usage as OpenAI's clients read it. */
export function writeUsage(usage: Usage): WireUsage {
  const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens } = usage;
  const details = {
    ...(cachedInputTokens === undefined ? {} : { cached_tokens: cachedInputTokens }),
    ...(cacheWriteTokens === undefined ? {} : { cache_write_tokens: cacheWriteTokens }),
  };
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    ...(Object.keys(details).length === 0 ? {} : { prompt_tokens_details: details }),
    ...(reasoningTokens === undefined ? {} : { completion_tokens_details: { reasoning_tokens: reasoningTokens } }),
  };
}

interface Totals {
  readonly prompt: number;
  readonly completion: number;
  readonly total: number | undefined;
}

/** Some vendors leave reasoning out of `completion_tokens`; their total, or its size, gives it away. */
function isOutside(reasoning: number | undefined, { prompt, completion, total }: Totals): boolean {
  if (!reasoning) return false;
  return reasoning > completion || total === prompt + completion + reasoning;
}

function toCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
