import type { JsonObject, ParsedCall } from '@sluice/contract';
import { writeOpenAiError, writeOpenAiStreamError } from '../write-error.js';

/** What calls of endpoints without streams have in common. */
export const PLAIN = { stream: false, wantsUsage: true, features: [] } as const satisfies Partial<ParsedCall<unknown>>;

/** The errors of all endpoints of this API. */
export const ERRORS = { writeError: writeOpenAiError, writeStreamError: writeOpenAiStreamError } as const;

/** Counts as OpenAI's newer endpoints write them. Source: npm openai 6.49.0, `resources/images.d.ts`. */
export function writeTokenUsage(usage: { readonly inputTokens: number; readonly outputTokens: number }): JsonObject {
  const { inputTokens, outputTokens } = usage;
  return { input_tokens: inputTokens, output_tokens: outputTokens, total_tokens: inputTokens + outputTokens };
}
