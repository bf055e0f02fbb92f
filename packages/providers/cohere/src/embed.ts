import type { EmbedRequest, EmbedResult, Encoded, JsonObject, Operation, Target } from '@sluice/contract';
import {
  NO_FEATURES,
  dropped,
  endpoint,
  isJsonObject,
  isNumbers,
  nativeExtensions,
  parseUpstreamJson,
  readInlineImage,
  untranslatable,
} from '@sluice/toolkit';
import { readCohereUsage } from '@sluice/toolkit/cohere-wire';
import { notA } from './classify.js';
import { EMBED_FIELDS } from './extensions.js';

/**
 * The vendor wants to know what a vector is for, and other dialects do not say. Most are made to be stored and searched;
 * a text that is too long is refused, and not cut in silence. The caller may say otherwise in the vendor's own words.
 */
const UNLESS_SAID = { input_type: 'search_document', truncate: 'NONE' } as const;

type Headers = Readonly<Record<string, string>>;

/** Embeddings: `POST /v2/embed`. https://docs.cohere.com/reference/embed */
export function createEmbed(headers: Headers): Operation<EmbedRequest, EmbedResult, never> {
  return {
    features: NO_FEATURES,
    encode: (request, target) => encodeEmbed(request, target, headers),
    decode: decodeEmbed,
  };
}

function encodeEmbed(request: EmbedRequest, target: Target, headers: Headers): Encoded {
  const { input, dimensions, user } = request;
  const { fields, adjustments } = nativeExtensions(request, EMBED_FIELDS);
  const body = JSON.stringify({
    ...UNLESS_SAID,
    ...fields,
    model: target.model,
    ...toInputs(input, target.model),
    embedding_types: ['float'],
    output_dimension: dimensions,
  });
  return {
    request: { method: 'POST', url: endpoint(target.baseUrl, 'v2/embed'), headers, body },
    adjustments: [...dropped('user', user), ...adjustments],
  };
}

const ONE_KIND = /-v3\.0$/;

/**
 * Texts; an image is one that comes as its own address (`data:image/...`). Models before `embed-v4.0` take one image a call
 * and no text beside it. npm cohere-ai 8.1.0, `V2EmbedRequest`, `EmbedInput`.
 */
function toInputs(input: EmbedRequest['input'], model: string): JsonObject {
  const texts = input.map((text: string | readonly number[]) => {
    if (typeof text !== 'string') throw untranslatable('an input of token ids', 'input');
    return text;
  });
  if (!texts.some(isImage)) return { texts };
  if (!ONE_KIND.test(model)) return { inputs: texts.map((text) => ({ content: [toContent(text)] })) };
  if (texts.length > 1) throw untranslatable('an image beside other inputs', 'input');
  return { images: texts, input_type: 'image' };
}

function isImage(text: string): boolean {
  return readInlineImage(text) !== undefined;
}

function toContent(text: string): JsonObject {
  return isImage(text) ? { type: 'image_url', image_url: { url: text } } : { type: 'text', text };
}

/** The answer does not say which model made it. */
function decodeEmbed(bytes: Uint8Array): EmbedResult {
  const answer = parseUpstreamJson(bytes);
  const vectors: unknown = isJsonObject(answer.embeddings) ? answer.embeddings.float : undefined;
  if (!Array.isArray(vectors) || vectors.length === 0 || !vectors.every(isNumbers)) {
    throw notA('list of embeddings', answer);
  }
  const usage = readCohereUsage(answer.meta);
  return { model: '', vectors, ...(usage ? { usage } : {}) };
}
