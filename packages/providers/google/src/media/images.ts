import type { Adjustment, Encoded, ImageRequest, ImageResult, JsonObject, Operation, Target } from '@sluice/contract';
import { NO_FEATURES, changed, dropped, isJsonObject, nativeExtensions, untranslatable } from '@sluice/toolkit';
import type { GeminiApi } from '../api.js';
import { blobsOf, readMediaAnswer } from './answer-media.js';
import { toPictureShape } from './picture-shape.js';

/** What a caller may say in the vendor's own words. npm @google/genai 3.3.0, dist/genai.d.ts, `GenerateContentConfig`. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['imageConfig', 'safetySettings', 'seed']);
const ONE_SIZE = /gemini-[12]\b/;
/** Forms in which Vertex AI draws; the Gemini API has no choice. Genai's `imageConfigToVertex`, `imageConfigToMldev`. */
const FORMS: ReadonlySet<unknown> = new Set(['png', 'jpeg']);

/**
 * Pictures by the Gemini models that draw, over `:generateContent`, one a call.
 * https://ai.google.dev/gemini-api/docs/image-generation; npm @ai-sdk/google 4.0.121, src/google-image-model.ts
 */
export function createImages(api: GeminiApi): Operation<ImageRequest, ImageResult, never> {
  return {
    features: NO_FEATURES,
    encode: (request, target) => encodeImages(request, target, api),
    decode: decodeImages,
  };
}

function encodeImages(request: ImageRequest, target: Target, api: GeminiApi): Encoded {
  const { prompt, count = 1, size, outputFormat } = request;
  if (count > 1) throw untranslatable('more than one picture a call', 'n');
  const { fields, adjustments } = nativeExtensions(request, OWN_FIELDS);
  const { imageConfig: own, safetySettings, seed } = fields;
  const { isExact, ...shape } = toPictureShape(size, !ONE_SIZE.test(target.model));
  const takesForm = api.platform === 'vertex' && FORMS.has(outputFormat);
  const imageConfig = {
    ...shape,
    ...(takesForm ? { imageOutputOptions: { mimeType: `image/${outputFormat}` } } : {}),
    ...(isJsonObject(own) ? own : {}),
  };
  const body: JsonObject = {
    contents: [{ role: 'user', parts: [{ text: prompt }] }],
    safetySettings,
    generationConfig: {
      responseModalities: ['IMAGE'],
      seed,
      ...(Object.keys(imageConfig).length === 0 ? {} : { imageConfig }),
    },
  };
  const url = api.url(target, 'generateContent');
  return {
    request: { method: 'POST', url, headers: api.headers, body: JSON.stringify(body) },
    adjustments: [
      ...changed('size', !isExact),
      ...(takesForm ? [] : dropped('output_format', outputFormat)),
      ...unmetWishes(request),
      ...adjustments,
    ],
  };
}

/**
 * What Google's models cannot do of a wish for pictures. An opaque background is what every picture has; a vendor that
 * keeps no files gives bytes, and no address.
 */
export function unmetWishes({ quality, style, background, delivery, user }: ImageRequest): readonly Adjustment[] {
  return [
    ...dropped('quality', quality === 'auto' ? undefined : quality),
    ...dropped('style', style),
    ...dropped('background', background === 'transparent' ? background : undefined),
    ...changed('response_format', delivery === 'url'),
    ...dropped('user', user),
  ];
}

function decodeImages(bytes: Uint8Array): ImageResult {
  const answer = readMediaAnswer(bytes);
  const images = blobsOf(answer, 'image');
  const { model, usage = { inputTokens: 0, outputTokens: 0 } } = answer;
  return { model, images, usage: { ...usage, images: images.length } };
}
