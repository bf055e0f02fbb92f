import { gatewayError } from '@sluice/contract';
import type { JsonDialect, JsonObject, ParsedCall, RerankRequest, RerankResult, WriteContext } from '@sluice/contract';
import { findRefusedName, isJsonObject } from '@sluice/toolkit';
import { COHERE_RERANK } from '@sluice/toolkit/cohere-wire';
import { refusedName, toInvalid } from './invalid.js';
import { rerankRequestSchema } from './schema.js';
import type { RerankWire } from './schema.js';
import { toRerankRequest } from './to-request.js';
import { writeCohereError, writeCohereStreamError } from './write-error.js';

/** `POST /v1/rerank`, and the same under its other paths. */
export const cohereRerank: JsonDialect<RerankRequest, RerankResult, never> = {
  id: COHERE_RERANK,
  parse: parseRerank,
  writeResult: writeRanking,
  writeError: writeCohereError,
  writeStreamError: writeCohereStreamError,
};

function parseRerank(body: unknown): ParsedCall<RerankRequest> {
  if (!isJsonObject(body)) throw gatewayError('invalid_type', { message: 'The body is not a JSON object.' });
  const refused = findRefusedName(body);
  if (refused) throw refusedName(refused);
  const checked = rerankRequestSchema.safeParse(body);
  if (!checked.success) throw toInvalid(checked.error, body);
  // The schema changes nothing, and zod's copy would lack what a caller named `__proto__`.
  const wire = body as RerankWire;
  return {
    model: wire.model,
    stream: false,
    wantsUsage: true,
    features: [],
    wire: body,
    toRequest: () => toRerankRequest(wire),
  };
}

function writeRanking({ id, results, usage }: RerankResult, { requestId }: WriteContext): string {
  return JSON.stringify({
    id: id ?? requestId,
    results: results.map(({ index, score, document }) => ({
      index,
      relevance_score: score,
      ...(document === undefined ? {} : { document: { text: document } }),
    })),
    meta: { api_version: { version: '2' }, ...(usage ? writeUsage(usage) : {}) },
  });
}

function writeUsage({ inputTokens, outputTokens, searchUnits }: NonNullable<RerankResult['usage']>): JsonObject {
  return {
    ...(searchUnits === undefined ? {} : { billed_units: { search_units: searchUnits } }),
    ...(inputTokens === 0 ? {} : { tokens: { input_tokens: inputTokens, output_tokens: outputTokens } }),
  };
}
