import type { EmbedRequest, EmbedResult, Encoded, JsonObject, Operation, Target } from '@sluice/contract';
import { NO_FEATURES, dropped, isNumbers, nativeExtensions, untranslatable } from '@sluice/toolkit';
import { placeOf } from './account.js';
import type { Account } from './account.js';
import { notA, readList } from './answer.js';

/** Fields of the vendor's own that a caller may add. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['truncate_input_tokens']);
const WHAT = 'list of embeddings';

/** Embeddings: npm @ibm-cloud/watsonx-ai 1.7.16, types/vml_v1.d.ts, `TextEmbeddingsParams` and `EmbeddingsResponse`. */
export function createEmbed(account: Account): Operation<EmbedRequest, EmbedResult, never> {
  return {
    features: NO_FEATURES,
    encode: (request, target) => encodeEmbed(request, target, account),
    decode: decodeEmbed,
  };
}

/** What vectors could not be without it is refused: the vendor has no choice of dimensions, and takes no token ids. */
function encodeEmbed(request: EmbedRequest, target: Target, account: Account): Encoded {
  const { input, dimensions, user } = request;
  if (typeof input[0] !== 'string') throw untranslatable('an input of token ids', 'input');
  if (dimensions !== undefined) throw untranslatable('a number of dimensions', 'dimensions');
  const { fields: parameters, adjustments } = nativeExtensions(request, OWN_FIELDS);
  const { url, fields } = placeOf(target, 'text/embeddings', account);
  const isPlain = Object.keys(parameters).length === 0;
  const body = JSON.stringify({ ...fields, inputs: input, ...(isPlain ? {} : { parameters }) });
  return {
    request: { method: 'POST', url, headers: account.headers, body },
    adjustments: [...dropped('user', user), ...adjustments],
  };
}

function decodeEmbed(bytes: Uint8Array): EmbedResult {
  const { rows, ...answer } = readList(bytes, WHAT);
  return { ...answer, vectors: rows.map(readVector) };
}

function readVector({ embedding }: JsonObject): readonly number[] {
  if (isNumbers(embedding)) return embedding;
  throw notA(WHAT);
}
