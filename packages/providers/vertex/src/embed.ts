import { gatewayError } from '@sluice/contract';
import type { EmbedRequest, EmbedResult, Encoded, JsonObject, Operation, Target } from '@sluice/contract';
import { NO_FEATURES, dropped, isJsonObject, isNumbers, parseUpstreamJson, untranslatable } from '@sluice/toolkit';
import { decodeEmbed, embedFields } from '@sluice/provider-google/internal';
import { toMethodUrl } from './account.js';
import type { Account } from './account.js';
import { readModel } from './model.js';

/** A call of one of the two methods that models embed with. */
interface Written {
  readonly method: 'embedContent' | 'predict';
  readonly body: JsonObject;
  /** Fields of the caller's dialect that have no place in it. */
  readonly lost: readonly string[];
}

/**
 * Embeddings of texts. Newer models take one text over `:embedContent`, older ones a list of them over `:predict`.
 * npm @google/genai 3.3.0, dist/node/index.mjs, `tIsVertexEmbedContentModel` and `embedContentParametersPrivateToVertex`;
 * https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
 */
export function createEmbed(account: Account): Operation<EmbedRequest, EmbedResult, never> {
  return {
    features: NO_FEATURES,
    encode: (request, target) => encodeEmbed(request, target, account),
    decode: (body, _head, target) => (embedsContent(target) ? decodeEmbed(body) : decodePredictions(body)),
  };
}

function encodeEmbed(request: EmbedRequest, target: Target, account: Account): Encoded {
  const texts = request.input.map((text: string | readonly number[]) => {
    if (typeof text === 'string') return text;
    throw untranslatable('a text as token ids', 'input');
  });
  const { fields, adjustments } = embedFields(request, OWN_FIELDS);
  const { method, body, lost } = embedsContent(target)
    ? writeContent(texts, request, fields)
    : writePredictions(texts, request, fields);
  return {
    request: {
      method: 'POST',
      url: toMethodUrl(account, target, { version: 'v1beta1', name: method }),
      headers: account.headers,
      body: JSON.stringify(body),
    },
    adjustments: [...dropped('user', request.user), ...lost.flatMap((name) => dropped(name, true)), ...adjustments],
  };
}

/** What a text is embedded for, and what it is called: the vendor's own words, which a caller of any dialect may use. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['taskType', 'title', 'autoTruncate']);

function embedsContent({ model }: Target): boolean {
  const { name } = readModel(model);
  return (name.includes('gemini') && name !== 'gemini-embedding-001') || name.includes('maas');
}

function writeContent(texts: readonly string[], { dimensions }: EmbedRequest, fields: JsonObject): Written {
  const [text, ...others] = texts;
  if (others.length > 0) throw untranslatable('more than one text', 'input');
  const config = { ...fields, ...(dimensions === undefined ? {} : { outputDimensionality: dimensions }) };
  const body = {
    content: { role: 'user', parts: [{ text }] },
    ...(Object.keys(config).length === 0 ? {} : { embedContentConfig: config }),
  };
  return { method: 'embedContent', body, lost: [] };
}

function writePredictions(texts: readonly string[], { dimensions }: EmbedRequest, fields: JsonObject): Written {
  const { taskType, title, autoTruncate, ...others } = fields;
  const asked = dimensions !== undefined || autoTruncate !== undefined;
  const body = {
    instances: texts.map((content) => ({ content, task_type: taskType, title })),
    ...(asked ? { parameters: { outputDimensionality: dimensions, autoTruncate } } : {}),
  };
  return { method: 'predict', body, lost: Object.keys(others) };
}

function decodePredictions(bytes: Uint8Array): EmbedResult {
  const { predictions } = parseUpstreamJson(bytes);
  if (!Array.isArray(predictions) || predictions.length === 0) throw noEmbeddings();
  const embeddings = predictions.map((one: unknown) => {
    const embedding = isJsonObject(one) ? one.embeddings : undefined;
    if (!isJsonObject(embedding) || !isNumbers(embedding.values)) throw noEmbeddings();
    return { values: embedding.values, statistics: embedding.statistics };
  });
  const inputTokens = embeddings.reduce((sum, { statistics }) => sum + tokensOf(statistics), 0);
  return {
    model: '',
    vectors: embeddings.map(({ values }) => values),
    ...(inputTokens > 0 ? { usage: { inputTokens, outputTokens: 0 } } : {}),
  };
}

function tokensOf(statistics: unknown): number {
  const count = isJsonObject(statistics) ? statistics.token_count : undefined;
  return typeof count === 'number' ? count : 0;
}

function noEmbeddings(): Error {
  return gatewayError('upstream_invalid_response', { message: "The provider's answer is not a list of embeddings." });
}
