import { gatewayError } from '@sluice/contract';
import type { JsonObject, Operation, RankedDocument, RerankRequest, RerankResult } from '@sluice/contract';
import { NO_FEATURES, dropped, droppedExtensions, isJsonObject, parseUpstreamJson } from '@sluice/toolkit';
import { toFamily } from './families.js';
import type { Families, Written } from './families.js';
import type { Headers } from './headers.js';
import { toModelUrl } from './url.js';

/** The caller's dialect's own fields, none of which this service has. */
const NO_DIALECT = '';
const DOCUMENTS_PER_UNIT = 100;

/**
 * Ranking over `POST /model/{id}/invoke`, which is the address and the permission that all else here has too.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-use.html
 */
export function createRerank(headers: Headers): Operation<RerankRequest, RerankResult, never> {
  return {
    features: NO_FEATURES,
    encode(request, target) {
      const { body, adjustments } = toFamily(FAMILIES, target.model, 'ranks documents')(request);
      const url = toModelUrl(target, 'invoke');
      return { request: { method: 'POST', url, headers, body: JSON.stringify(body) }, adjustments };
    },
    decode: decodeRanking,
  };
}

const FAMILIES: Families<RerankRequest> = [
  [/amazon\.rerank/, writeAmazon],
  [/cohere\.rerank/, writeCohere],
];

function writeAmazon(request: RerankRequest): Written {
  const { query, documents, topN, maxTokensPerDocument } = request;
  return {
    body: { query, documents, top_n: topN },
    adjustments: [...dropped('max_tokens_per_doc', maxTokensPerDocument), ...lost(request)],
  };
}

/** The second version of Cohere's API. https://docs.cohere.com/reference/rerank */
function writeCohere(request: RerankRequest): Written {
  const { query, documents, topN, maxTokensPerDocument } = request;
  const body = { api_version: 2, query, documents, top_n: topN, max_tokens_per_doc: maxTokensPerDocument };
  return { body, adjustments: lost(request) };
}

function lost(request: RerankRequest): Written['adjustments'] {
  return [
    ...dropped('return_documents', request.returnDocuments || undefined),
    ...droppedExtensions(request, NO_DIALECT),
  ];
}

/**
 * The answer does not say what it costs: a unit for each hundred documents, of which there are at least as many as the
 * last one that it names.
 */
function decodeRanking(bytes: Uint8Array): RerankResult {
  const { results } = parseUpstreamJson(bytes);
  if (!Array.isArray(results) || !results.every(isRow)) {
    throw gatewayError('upstream_invalid_response', { message: "The provider's answer is not a ranking." });
  }
  const ranked = results.map(toRanked);
  const documents = ranked.reduce((most, { index }) => Math.max(most, index + 1), 1);
  const searchUnits = Math.ceil(documents / DOCUMENTS_PER_UNIT);
  return { model: '', results: ranked, usage: { inputTokens: 0, outputTokens: 0, searchUnits } };
}

function isRow(row: unknown): row is JsonObject {
  return isJsonObject(row) && typeof row.index === 'number' && typeof scoreOf(row) === 'number';
}

function toRanked(row: JsonObject): RankedDocument {
  return { index: Number(row.index), score: Number(scoreOf(row)) };
}

function scoreOf({ relevance_score: score, relevanceScore: other }: JsonObject): unknown {
  return score ?? other;
}
