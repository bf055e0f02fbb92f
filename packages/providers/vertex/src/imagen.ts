import { gatewayError } from '@sluice/contract';
import type {
  Encoded,
  GeneratedImage,
  ImageRequest,
  ImageResult,
  JsonObject,
  Operation,
  Target,
} from '@sluice/contract';
import {
  changed,
  dropped,
  isJsonObject,
  nativeExtensions,
  nearestRatio,
  parseUpstreamJson,
  readPictureSize,
  untranslatable,
} from '@sluice/toolkit';
import { classifyGoogleInBand, readGoogleError } from '@sluice/toolkit/gemini-wire';
import { unmetWishes } from '@sluice/provider-google/internal';
import { toMethodUrl } from './account.js';
import type { Account } from './account.js';

/**
 * Pictures by Imagen over `:predict`. npm @google/genai 3.3.0, dist/node/index.mjs, `generateImagesConfigToVertex`,
 * `generatedImageFromVertex`; https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/imagen-api
 */
export function createImagen(
  account: Account,
): Pick<Operation<ImageRequest, ImageResult, never>, 'encode' | 'decode' | 'features'> {
  return {
    features: new Set(),
    encode: (request, target) => encodeImagen(request, target, account),
    decode: decodeImagen,
  };
}

const OWN_FIELDS: ReadonlySet<string> = new Set([
  'negativePrompt',
  'seed',
  'guidanceScale',
  'personGeneration',
  'safetySetting',
  'addWatermark',
  'enhancePrompt',
  'language',
  'sampleImageSize',
]);
const RATIOS = ['9:16', '3:4', '1:1', '4:3', '16:9'] as const;
const MAX_COUNT = 4;
const FORMS: ReadonlySet<string> = new Set(['png', 'jpeg']);

function encodeImagen(request: ImageRequest, target: Target, account: Account): Encoded {
  const { prompt, count = 1, size = 'auto', outputFormat = 'png' } = request;
  if (count > MAX_COUNT) throw untranslatable(`more than ${MAX_COUNT} pictures a call`, 'n');
  const { fields, adjustments } = nativeExtensions(request, OWN_FIELDS);
  const asked = readPictureSize(size);
  const ratio = asked && nearestRatio(asked, RATIOS);
  const form = FORMS.has(outputFormat) ? outputFormat : undefined;
  const body: JsonObject = {
    instances: [{ prompt }],
    parameters: {
      ...fields,
      sampleCount: count,
      aspectRatio: ratio,
      // Else what was held back is left out without a word.
      includeRaiReason: true,
      ...(form === undefined ? {} : { outputOptions: { mimeType: `image/${form}` } }),
    },
  };
  return {
    request: {
      method: 'POST',
      url: toMethodUrl(account, target, { version: 'v1beta1', name: 'predict' }),
      headers: account.headers,
      body: JSON.stringify(body),
    },
    adjustments: [
      ...changed('size', size !== 'auto' && size !== ratio && size !== '1024x1024'),
      ...(form === undefined ? dropped('output_format', outputFormat) : []),
      ...unmetWishes(request),
      ...adjustments,
    ],
  };
}

/** Pictures that the vendor held back are left out; where it held all of them back, that is a failure. */
function decodeImagen(bytes: Uint8Array): ImageResult {
  const body = parseUpstreamJson(bytes);
  if (isJsonObject(body.error)) throw classifyGoogleInBand(readGoogleError(body));
  const predictions = Array.isArray(body.predictions) ? body.predictions.filter(isJsonObject) : [];
  const images = predictions.flatMap(toImage);
  if (images.length === 0) {
    throw gatewayError('content_policy_violation', { message: 'The provider held its pictures back.' });
  }
  return { model: '', images, usage: { inputTokens: 0, outputTokens: 0, images: images.length } };
}

function toImage({ bytesBase64Encoded: base64, mimeType, prompt }: JsonObject): readonly GeneratedImage[] {
  if (typeof base64 !== 'string' || base64 === '') return [];
  return [
    {
      base64,
      ...(typeof mimeType === 'string' ? { mediaType: mimeType } : {}),
      ...(typeof prompt === 'string' ? { revisedPrompt: prompt } : {}),
    },
  ];
}
