import type { CallAddress, ChatRequest, JsonDialect, JsonObject, ParsedCall, TokenCount } from '@sluice/contract';
import { GEMINI_COUNT } from '@sluice/toolkit/gemini-wire';
import { invalid } from './invalid.js';
import { checkBody, featuresOf, modelOf } from './parse.js';
import { countTokensSchema } from './schema.js';
import type { CountWire, GenerateWire } from './schema.js';
import { toGenerateRequest } from './to-request.js';
import { writeGeminiError, writeGeminiStreamError } from './write-error.js';

/** `POST /v1beta/models/{model}:countTokens`. */
export const geminiCountTokens: JsonDialect<ChatRequest, TokenCount, never> = {
  id: GEMINI_COUNT,
  parse: parseCount,
  writeResult: ({ inputTokens, cachedInputTokens: cached }) =>
    JSON.stringify({ totalTokens: inputTokens, ...(cached === undefined ? {} : { cachedContentTokenCount: cached }) }),
  writeError: writeGeminiError,
  writeStreamError: writeGeminiStreamError,
};

function parseCount(body: unknown, address?: CallAddress): ParsedCall<ChatRequest> {
  const wire = toGenerateWire(checkBody(body, countTokensSchema));
  return {
    model: modelOf(address),
    stream: false,
    wantsUsage: true,
    features: featuresOf(wire),
    wire: body as JsonObject,
    toRequest: () => toGenerateRequest(wire, false),
  };
}

function toGenerateWire({ contents, generateContentRequest: whole }: CountWire): GenerateWire {
  if (contents && whole)
    throw invalid('invalid_value', ['contents'], 'it cannot stand beside "generateContentRequest"');
  if (whole) return whole;
  if (contents) return { contents };
  throw invalid('missing_required_parameter', ['contents'], 'it is required');
}
