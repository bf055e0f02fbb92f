import type { Citation, JsonObject } from '@sluice/contract';
import { asList, asText, given, isJsonObject } from '@sluice/toolkit';

/**
 * Where an answer as a whole took something from: the `search_results` or `citations` beside the choices of Perplexity
 * and xAI, npm @ai-sdk/perplexity 3.0.61, src/perplexity-language-model.ts and npm @ai-sdk/xai 3.0.138,
 * src/xai-chat-language-model.ts.
 */
export function readSources({ search_results: results, citations: urls }: JsonObject): readonly Citation[] {
  const found = asList(results).flatMap(readResult);
  if (found.length > 0) return found;
  return asList(urls).flatMap((url) => (typeof url === 'string' ? [{ url }] : []));
}

function readResult(result: unknown): readonly Citation[] {
  if (!isJsonObject(result) || typeof result.url !== 'string') return [];
  const { url, title, snippet } = result;
  return [{ url, ...given('title', asText(title)), ...given('citedText', asText(snippet)) }];
}
