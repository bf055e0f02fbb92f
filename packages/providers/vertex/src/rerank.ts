import { gatewayError } from '@sluice/contract';
import type {
  Encoded,
  JsonObject,
  Operation,
  RankedDocument,
  RerankRequest,
  RerankResult,
  Target,
} from '@sluice/contract';
import { NO_FEATURES, dropped, droppedExtensions, endpoint, isJsonObject, parseUpstreamJson } from '@sluice/toolkit';
import { classifyGoogleInBand, readGoogleError } from '@sluice/toolkit/gemini-wire';
import type { Account } from './account.js';

/** The dialect whose fields this service has: none that a client speaks. */
const NO_DIALECT = '';
const DOCUMENTS_PER_UNIT = 100;

/** Where the ranking service stands: below a host of its own, in the two multi-regions or everywhere. */
export interface RankingPlace {
  readonly baseUrl: URL;
  readonly location: string;
}

/**
 * The place that is nearest to the project's location. https://docs.cloud.google.com/generative-ai-app-builder/docs/locations;
 * an address of the operator's own stands for all of Google.
 */
export function toRankingPlace(location: string, ownBaseUrl: URL | undefined): RankingPlace {
  const area = location === 'us' || location === 'eu' ? location : 'global';
  const host = area === 'global' ? 'discoveryengine' : `${area}-discoveryengine`;
  return { location: area, baseUrl: ownBaseUrl ?? new URL(`https://${host}.googleapis.com`) };
}

/**
 * Ranking by the semantic rankers, over `:rank`.
 * https://docs.cloud.google.com/generative-ai-app-builder/docs/reference/rest/v1/projects.locations.rankingConfigs/rank
 */
export function createRerank(account: Account, place: RankingPlace): Operation<RerankRequest, RerankResult, never> {
  const config = `projects/${account.project}/locations/${place.location}/rankingConfigs/default_ranking_config:rank`;
  const url = endpoint(place.baseUrl, /\/v1(?:beta1)?\/?$/.test(place.baseUrl.pathname) ? config : `v1/${config}`);
  return {
    features: NO_FEATURES,
    encode: (request, target) => encodeRerank(request, target, { url, headers: account.headers }),
    decode: decodeRanking,
  };
}

function encodeRerank(
  request: RerankRequest,
  { model }: Target,
  place: Pick<Encoded['request'], 'url' | 'headers'>,
): Encoded {
  const { query, documents, topN, returnDocuments = false, maxTokensPerDocument } = request;
  const body = JSON.stringify({
    model,
    query,
    records: documents.map((content, index) => ({ id: String(index), content })),
    topN,
    ignoreRecordDetailsInResponse: !returnDocuments,
  });
  return {
    request: { method: 'POST', ...place, body },
    adjustments: [...dropped('max_tokens_per_doc', maxTokensPerDocument), ...droppedExtensions(request, NO_DIALECT)],
  };
}

/**
 * The answer does not say what it costs: a unit for each hundred documents, of which there are at least as many as the
 * last one that it names.
 */
function decodeRanking(bytes: Uint8Array): RerankResult {
  const body = parseUpstreamJson(bytes);
  if (isJsonObject(body.error)) throw classifyGoogleInBand(readGoogleError(body));
  if (!Array.isArray(body.records)) throw notARanking();
  const results = body.records.map(toRanked).toSorted((a, b) => b.score - a.score);
  const documents = results.reduce((most, { index }) => Math.max(most, index + 1), 1);
  const searchUnits = Math.ceil(documents / DOCUMENTS_PER_UNIT);
  return { model: '', results, usage: { inputTokens: 0, outputTokens: 0, searchUnits } };
}

/** A score of zero is left out, as every zero is in Google's JSON. */
function toRanked(record: unknown): RankedDocument {
  const { id, score = 0, content }: JsonObject = isJsonObject(record) ? record : {};
  const index = typeof id === 'string' && /^\d{1,6}$/.test(id) ? Number(id) : -1;
  if (index < 0 || typeof score !== 'number') throw notARanking();
  return { index, score, ...(typeof content === 'string' ? { document: content } : {}) };
}

function notARanking(): Error {
  return gatewayError('upstream_invalid_response', { message: "The provider's answer is not a ranking." });
}
