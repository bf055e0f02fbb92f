import type { JsonObject, Usage } from '@sluice/contract';
import { toWireTier } from './anthropic-ending.js';

/** What an answer says of its usage beside the counts. */
export interface UsageNotes {
  readonly serviceTier?: string | undefined;
  /** The vendor's own fields, where the answer is the vendor's own. */
  readonly own?: JsonObject | undefined;
}

/**
 * Token counts as this wire writes them: its `input_tokens` leaves out what came from or went to the prompt cache.
 * Zeros where nothing is known, because clients read the fields unasked; null for what the types of the vendor's SDK
 * have at all times. Fields: npm @anthropic-ai/sdk 1.14.0, resources/messages/messages.d.ts, `Usage`.
 */
export function toWireUsage(usage: Usage | undefined, { serviceTier, own }: UsageNotes = {}): JsonObject {
  const read = usage?.cachedInputTokens ?? 0;
  const written = usage?.cacheWriteTokens ?? 0;
  const thinking = usage?.reasoningTokens;
  return {
    input_tokens: Math.max(0, (usage?.inputTokens ?? 0) - read - written),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    cache_creation: toCacheCreation(written, usage?.cacheWrite1hTokens),
    output_tokens: usage?.outputTokens ?? 0,
    output_tokens_details: thinking === undefined ? null : { thinking_tokens: thinking },
    inference_geo: null,
    server_tool_use: null,
    service_tier: toWireTier(serviceTier),
    speed: null,
    ...own,
  };
}

function toCacheCreation(written: number, for1h: number | undefined): JsonObject | null {
  if (for1h === undefined) return null;
  return { ephemeral_5m_input_tokens: Math.max(0, written - for1h), ephemeral_1h_input_tokens: for1h };
}
