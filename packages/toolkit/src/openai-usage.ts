import type { JsonObject, Usage } from '@sluice/contract';
import { given } from './given.js';
import { isJsonObject } from './json.js';
import type { Writable } from './writable.js';
import { asCount } from './tolerant.js';

export interface WireUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details?: {
    readonly cached_tokens?: number;
    readonly cache_write_tokens?: number;
    readonly audio_tokens?: number;
  };
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number; readonly audio_tokens?: number };
}

/**
 * A vendor's `usage` in the one meaning of the contract; nothing where its counts are no counts. Vendors differ in
 * what the two totals include, so a total that its own parts contradict is put right.
 */
export function readUsage(usage: unknown): Usage | undefined {
  if (!isJsonObject(usage)) return undefined;
  const prompt = asCount(usage.prompt_tokens);
  const completion = usage.completion_tokens === undefined ? 0 : asCount(usage.completion_tokens);
  if (prompt === undefined || completion === undefined) return undefined;
  const input = isJsonObject(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {};
  const output = isJsonObject(usage.completion_tokens_details) ? usage.completion_tokens_details : {};
  const cached =
    asCount(input.cached_tokens) ??
    asCount(usage.prompt_cache_hit_tokens) ??
    asCount(usage.cached_tokens) ??
    asCount(usage.num_cached_tokens);
  const reasoning = asCount(output.reasoning_tokens) ?? asCount(usage.reasoning_tokens);
  const outside =
    isPerplexity(usage) || isOutside(reasoning, { prompt, completion, total: asCount(usage.total_tokens) });
  const counts: Writable<Usage> = {
    inputTokens: cached !== undefined && cached > prompt ? prompt + cached : prompt,
    outputTokens: outside ? completion + (reasoning ?? 0) : completion,
  };
  const written = writtenTokens(usage, input);
  const heard = asCount(input.audio_tokens);
  const spoken = asCount(output.audio_tokens);
  if (cached !== undefined) counts.cachedInputTokens = cached;
  if (written !== undefined) counts.cacheWriteTokens = written;
  if (reasoning !== undefined) counts.reasoningTokens = reasoning;
  if (heard !== undefined) counts.audioInputTokens = heard;
  if (spoken !== undefined) counts.audioOutputTokens = spoken;
  return counts;
}

/** Alibaba has its count among the details, LiteLLM beside them. */
function writtenTokens(usage: JsonObject, input: JsonObject): number | undefined {
  return (
    asCount(input.cache_write_tokens) ??
    asCount(input.cache_creation_input_tokens) ??
    asCount(input.cache_creation_tokens) ??
    asCount(usage.cache_creation_input_tokens)
  );
}

/** Usage as OpenAI's clients read it. */
export function writeUsage(usage: Usage): WireUsage {
  const input = {
    ...given('cached_tokens', usage.cachedInputTokens),
    ...given('cache_write_tokens', usage.cacheWriteTokens),
    ...given('audio_tokens', usage.audioInputTokens),
  };
  const output = {
    ...given('reasoning_tokens', usage.reasoningTokens),
    ...given('audio_tokens', usage.audioOutputTokens),
  };
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    ...(isEmpty(input) ? {} : { prompt_tokens_details: input }),
    ...(isEmpty(output) ? {} : { completion_tokens_details: output }),
  };
}

function isEmpty(value: object): boolean {
  for (const _ in value) return false;
  return true;
}

/** Perplexity tells its reasoning apart, and not in its total: npm @ai-sdk/perplexity 3.0.61, src/convert-perplexity-usage.ts. */
function isPerplexity(usage: JsonObject): boolean {
  return (
    usage.completion_tokens_details === undefined && ('search_context_size' in usage || 'citation_tokens' in usage)
  );
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
