import { gatewayError } from '@sluice/contract';
import type { Adjustment, EmbedRequest, EmbedResult, JsonObject, Operation, ResponseHead } from '@sluice/contract';
import {
  NO_FEATURES,
  adjusted,
  dropped,
  isJsonObject,
  isNumbers,
  parseUpstreamJson,
  readInlineImage,
  untranslatable,
} from '@sluice/toolkit';
import { toFamily } from './families.js';
import type { Families, Written } from './families.js';
import type { Headers } from './headers.js';
import { toModelUrl } from './url.js';

/** Each family answers in a form of its own, and Cohere's counts the tokens in a header only. */
const INPUT_TOKENS = 'x-amzn-bedrock-input-token-count';

/** Embeddings over `POST /model/{id}/invoke`, in the words of the model's family. */
export function createEmbed(headers: Headers): Operation<EmbedRequest, EmbedResult, never> {
  return {
    features: NO_FEATURES,
    encode(request, target) {
      const { body, adjustments } = toFamily(FAMILIES, target.model, 'takes texts to embed')(request);
      const url = toModelUrl(target, 'invoke');
      return { request: { method: 'POST', url, headers, body: JSON.stringify(body) }, adjustments };
    },
    decode: decodeEmbeddings,
  };
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html */
const FAMILIES: Families<EmbedRequest> = [
  [/amazon\.titan-embed-text-v2/, (request) => writeTitan(request, { dimensions: request.dimensions })],
  [/amazon\.titan-embed-image/, writeTitanImage],
  [/amazon\.titan-embed/, (request) => withoutDimensions(request, writeTitan(request, {}))],
  [/amazon\.nova-.*embed/, writeNova],
  [/cohere\.embed-v4/, (request) => writeCohere(request, { output_dimension: request.dimensions })],
  [/cohere\.embed/, (request) => withoutDimensions(request, writeCohere(request, {}))],
];

function writeTitan(request: EmbedRequest, more: JsonObject): Written {
  return { body: { inputText: toOneText(request), ...more }, adjustments: lost(request) };
}

/** A text or an image. https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-mm.html */
function writeTitanImage(request: EmbedRequest): Written {
  const { dimensions } = request;
  const text = toOneText(request);
  const image = readInlineImage(text);
  const length = dimensions === undefined ? {} : { embeddingConfig: { outputEmbeddingLength: dimensions } };
  return {
    body: { ...(image ? { inputImage: image.base64 } : { inputText: text }), ...length },
    adjustments: lost(request),
  };
}

/** https://docs.aws.amazon.com/nova/latest/userguide/nova-embeddings.html */
function writeNova(request: EmbedRequest): Written {
  const { dimensions = 1024 } = request;
  const text = { truncationMode: 'NONE', value: toOneText(request) };
  const params = { embeddingPurpose: 'GENERIC_INDEX', embeddingDimension: dimensions, text };
  return { body: { taskType: 'SINGLE_EMBEDDING', singleEmbeddingParams: params }, adjustments: lost(request) };
}

const INPUT_TYPES: ReadonlySet<unknown> = new Set(['search_document', 'search_query', 'classification', 'clustering']);

/**
 * The wire wants to know what the texts are for. A caller may say so; documents are taken for granted. An image is an input
 * that comes as its own address (`data:image/...`).
 */
function writeCohere(request: EmbedRequest, more: JsonObject): Written {
  const { input_type: given, ...fields } = request.extensions?.fields ?? {};
  const known = INPUT_TYPES.has(given);
  const texts = toTexts(request);
  const images = texts.filter((text) => readInlineImage(text) !== undefined);
  if (images.length > 0 && images.length < texts.length) throw untranslatable('an image beside a text', 'input');
  const body =
    images.length > 0
      ? { images, input_type: 'image', ...more }
      : { texts, input_type: known ? given : 'search_document', ...more };
  return { body, adjustments: known ? lost(request, fields) : lost(request) };
}

function withoutDimensions({ dimensions }: EmbedRequest, { body, adjustments }: Written): Written {
  return { body, adjustments: [...dropped('dimensions', dimensions), ...adjustments] };
}

function lost(request: EmbedRequest, fields = request.extensions?.fields ?? {}): readonly Adjustment[] {
  return [...dropped('user', request.user), ...Object.keys(fields).flatMap((name) => adjusted(name, 'dropped'))];
}

function toTexts({ input }: EmbedRequest): readonly string[] {
  return input.map((text) => {
    if (typeof text !== 'string') throw untranslatable('a text as token ids', 'input');
    return text;
  });
}

function toOneText(request: EmbedRequest): string {
  const [text, ...others] = toTexts(request);
  if (text === undefined || others.length > 0) throw untranslatable('more than one text a call', 'input');
  return text;
}

function decodeEmbeddings(body: Uint8Array, { headers }: ResponseHead): EmbedResult {
  const answer = parseUpstreamJson(body);
  const tokens = answer.inputTextTokenCount ?? answer.inputTokenCount ?? Number(headers[INPUT_TOKENS]);
  const counted = typeof tokens === 'number' && Number.isSafeInteger(tokens);
  return {
    model: '',
    vectors: toVectors(answer),
    ...(counted ? { usage: { inputTokens: tokens, outputTokens: 0 } } : {}),
  };
}

/** `embedding` of Titan; `embeddings` of the others: vectors, vectors by type, or objects that hold one each. */
function toVectors({ embedding, embeddings }: JsonObject): readonly (readonly number[])[] {
  if (embedding !== undefined) return [toVector(embedding)];
  const rows = isJsonObject(embeddings) ? embeddings.float : embeddings;
  if (!Array.isArray(rows) || rows.length === 0) throw unusable();
  return rows.map((row: unknown) => toVector(isJsonObject(row) ? row.embedding : row));
}

function toVector(value: unknown): readonly number[] {
  if (isNumbers(value)) return value;
  throw unusable();
}

function unusable(): Error {
  return gatewayError('upstream_invalid_response', {
    message: 'The provider answered something that is no embedding.',
  });
}
