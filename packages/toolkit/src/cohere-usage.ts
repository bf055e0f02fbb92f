import type { JsonObject, Usage } from '@sluice/contract';
import { isJsonObject } from './json.js';
import { asCount } from './tolerant.js';

/**
 * What an answer used. `tokens` is what the model read and wrote, the vendor's own instructions included; `billed_units` is
 * what the vendor charges for, which is less. npm cohere-ai 8.1.0, `Usage` and `ApiMeta`.
 */
export function readCohereUsage(usage: unknown): Usage | undefined {
  if (!isJsonObject(usage)) return undefined;
  const used = readTokens(usage.tokens);
  const billed = readTokens(usage.billed_units);
  const counts = used ?? billed;
  const { search_units: units, images: pictures }: JsonObject = isJsonObject(usage.billed_units)
    ? usage.billed_units
    : {};
  const searches = asCount(units);
  const images = asCount(pictures);
  if (!counts && searches === undefined && images === undefined) return undefined;
  const cached = asCount(usage.cached_tokens);
  return {
    ...(counts ?? { inputTokens: 0, outputTokens: 0 }),
    ...(cached === undefined ? {} : { cachedInputTokens: cached }),
    ...(used && billed ? { billed } : {}),
    ...(searches === undefined ? {} : { searchUnits: searches }),
    ...(images === undefined ? {} : { images }),
  };
}

interface Counts {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

function readTokens(tokens: unknown): Counts | undefined {
  if (!isJsonObject(tokens)) return undefined;
  const input = asCount(tokens.input_tokens);
  const seen = asCount(tokens.image_tokens);
  const output = asCount(tokens.output_tokens);
  return input === undefined && output === undefined && seen === undefined
    ? undefined
    : { inputTokens: (input ?? 0) + (seen ?? 0), outputTokens: output ?? 0 };
}
