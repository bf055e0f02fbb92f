import type {
  Encoded,
  JsonObject,
  Operation,
  RankedDocument,
  RerankRequest,
  RerankResult,
  Target,
} from '@sluice/contract';
import { NO_FEATURES, changed, given, isJsonObject, nativeExtensions } from '@sluice/toolkit';
import { placeOf } from './account.js';
import type { Account } from './account.js';
import { notA, readList } from './answer.js';

const OWN_FIELDS: ReadonlySet<string> = new Set(['truncate_input_tokens']);
const WHAT = 'ranking';

/** Ranking: npm @ibm-cloud/watsonx-ai 1.7.16, types/vml_v1.d.ts, `TextRerankParams` and `RerankResponse`. */
export function createRerank(account: Account): Operation<RerankRequest, RerankResult, never> {
  return {
    features: NO_FEATURES,
    encode: (request, target) => encodeRerank(request, target, account),
    decode: decodeRerank,
  };
}

/** The vendor cuts what it reads, which is the query and a document together, at so many tokens. */
function encodeRerank(request: RerankRequest, target: Target, account: Account): Encoded {
  const { query, documents, topN, returnDocuments, maxTokensPerDocument: most } = request;
  const { fields: own, adjustments } = nativeExtensions(request, OWN_FIELDS);
  const { url, fields } = placeOf(target, 'text/rerank', account);
  const body = JSON.stringify({
    ...fields,
    query,
    inputs: documents.map((text) => ({ text })),
    parameters: {
      ...given('truncate_input_tokens', most),
      ...own,
      return_options: { top_n: topN, inputs: returnDocuments ?? false },
    },
  });
  return {
    request: { method: 'POST', url, headers: account.headers, body },
    adjustments: [...changed('max_tokens_per_doc', most !== undefined), ...adjustments],
  };
}

/** The vendor's own example is not in the order of its scores. */
function decodeRerank(bytes: Uint8Array): RerankResult {
  const { rows, ...answer } = readList(bytes, WHAT);
  return { ...answer, results: rows.map(readRow).sort((a, b) => b.score - a.score) };
}

function readRow({ index, score, input }: JsonObject): RankedDocument {
  if (typeof index !== 'number' || typeof score !== 'number') throw notA(WHAT);
  const document = isJsonObject(input) ? input.text : undefined;
  return { index, score, ...(typeof document === 'string' ? { document } : {}) };
}
