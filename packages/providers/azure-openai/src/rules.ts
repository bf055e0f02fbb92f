import { QUIRKS } from '@sluice/provider-openai/internal';
import type { ServerRules } from '@sluice/provider-openai-compatible/internal';
import { isDated } from './addresses.js';

/** The first version of the older API with `max_completion_tokens` and `stream_options`. */
const WITH_NEWER_FIELDS = '2024-09-01';
/** The first with responses. */
const WITH_RESPONSES = '2025-03-01';

/**
 * What Azure does otherwise than OpenAI: https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle (which
 * version brought what) and https://learn.microsoft.com/azure/foundry/openai/latest (no search, no moderation; models
 * are listed whether they are deployed or not).
 */
export function rulesFor(apiVersion: string | undefined): ServerRules {
  const isBefore = (version: string): boolean => isDated(apiVersion) && apiVersion < version;
  return {
    ...QUIRKS,
    ...(isBefore(WITH_NEWER_FIELDS) ? { maxTokensField: 'max_tokens', streamOptions: false } : {}),
    servesResponses: !isBefore(WITH_RESPONSES),
    refused: ['moderation', 'web_search_options'],
    media: ['image', 'speech', 'transcription'],
    models: false,
  };
}
