import type {
  Encoded,
  JsonObject,
  Operation,
  Passthrough,
  RawCall,
  RerankRequest,
  RerankResult,
  Target,
} from '@sluice/contract';
import { NO_FEATURES, dropped, editCallBody, endpoint, nativeExtensions } from '@sluice/toolkit';
import { COHERE_RERANK, decodeRerank, inspectRerank } from '@sluice/toolkit/cohere-wire';

const V1 = 'v1/rerank';
const V2 = 'v2/rerank';

/** What only version 1 of the vendor's API has. npm cohere-ai 8.1.0, `RerankRequest`. */
const ONLY_V1 = ['return_documents', 'rank_fields', 'max_chunks_per_doc'] as const;
const FIELDS: ReadonlySet<string> = new Set(['priority', 'max_chunks_per_doc']);

type Headers = Readonly<Record<string, string>>;

/**
 * Ranking: `POST /v2/rerank` (https://docs.cohere.com/reference/rerank), or version 1 of it where the request needs what
 * only that has.
 */
export function createRerank(headers: Headers): Operation<RerankRequest, RerankResult, never> {
  return {
    features: NO_FEATURES,
    encode: (request, target) => encodeRerank(request, target, headers),
    decode: decodeRerank,
    passthroughs: [createPassthrough(headers)],
  };
}

function createPassthrough(headers: Headers): Passthrough {
  return {
    dialect: COHERE_RERANK,
    encode: (call, target) => ({
      method: 'POST',
      url: endpoint(target.baseUrl, needsV1(call) ? V1 : V2),
      headers,
      body: editCallBody(call, { model: target.model }),
    }),
    inspect: inspectRerank,
  };
}

function needsV1({ wire }: RawCall): boolean {
  if (ONLY_V1.some((name) => isSaid(wire[name]))) return true;
  return Array.isArray(wire.documents) && wire.documents.some((document) => typeof document !== 'string');
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false;
}

function encodeRerank(request: RerankRequest, target: Target, headers: Headers): Encoded {
  const { query, documents, topN, returnDocuments, maxTokensPerDocument: maxTokens } = request;
  const { fields, adjustments } = nativeExtensions(request, FIELDS);
  const isV1 = returnDocuments === true || 'max_chunks_per_doc' in fields;
  const versioned: JsonObject = isV1 ? { return_documents: returnDocuments } : { max_tokens_per_doc: maxTokens };
  const body = JSON.stringify({ ...fields, model: target.model, query, documents, top_n: topN, ...versioned });
  return {
    request: { method: 'POST', url: endpoint(target.baseUrl, isV1 ? V1 : V2), headers, body },
    adjustments: [...dropped('max_tokens_per_doc', isV1 ? maxTokens : undefined), ...adjustments],
  };
}
