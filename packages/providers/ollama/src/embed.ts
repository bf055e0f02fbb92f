import type { EmbedRequest, EmbedResult, Encoded, Operation, Target } from '@sluice/contract';
import {
  NO_FEATURES,
  dropped,
  endpoint,
  isNumbers,
  nativeExtensions,
  parseUpstreamJson,
  untranslatable,
} from '@sluice/toolkit';
import { errorIn, unusable } from './classify.js';
import { OLLAMA_FIELDS, TRUNCATE } from './extensions.js';
import { readUsage } from './usage.js';

type Headers = Readonly<Record<string, string>>;

/** Embeddings: `POST /api/embed`. https://docs.ollama.com/api/embed */
export function createEmbed(headers: Headers): Operation<EmbedRequest, EmbedResult, never> {
  return {
    features: NO_FEATURES,
    encode: (request, target) => encodeEmbed(request, target, headers),
    decode: decodeEmbed,
  };
}

function encodeEmbed(request: EmbedRequest, target: Target, headers: Headers): Encoded {
  const { input, dimensions, user } = request;
  if (typeof input[0] !== 'string') throw untranslatable('an input of token ids', 'input');
  const { fields, adjustments } = nativeExtensions(request, OLLAMA_FIELDS);
  const body = JSON.stringify({ truncate: TRUNCATE, ...fields, model: target.model, input, dimensions });
  return {
    request: { method: 'POST', url: endpoint(target.baseUrl, 'api/embed'), headers, body },
    adjustments: [...dropped('user', user), ...adjustments],
  };
}

function decodeEmbed(bytes: Uint8Array): EmbedResult {
  const answer = parseUpstreamJson(bytes);
  const { model, embeddings } = answer;
  if (!Array.isArray(embeddings) || embeddings.length === 0 || !embeddings.every(isNumbers)) {
    throw errorIn(answer) ?? unusable("The provider's answer is not a list of embeddings.");
  }
  const usage = readUsage(answer);
  return {
    model: typeof model === 'string' ? model : '',
    vectors: embeddings,
    ...(usage ? { usage } : {}),
  };
}
