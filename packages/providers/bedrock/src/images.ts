import { gatewayError } from '@sluice/contract';
import type { Adjustment, ImageRequest, ImageResult, JsonObject, Operation } from '@sluice/contract';
import {
  NO_FEATURES,
  changed,
  dropped,
  nativeExtensions,
  nearestRatio,
  parseUpstreamJson,
  readPictureSize,
  untranslatable,
} from '@sluice/toolkit';
import { toFamily } from './families.js';
import type { Families, Written } from './families.js';
import type { Headers } from './headers.js';
import { toModelUrl } from './url.js';

/** Pictures over `POST /model/{id}/invoke`, in the words of the model's family. */
export function createImages(headers: Headers): Operation<ImageRequest, ImageResult, never> {
  return {
    features: NO_FEATURES,
    encode(request, target) {
      const { body, adjustments } = toFamily(FAMILIES, target.model, 'is asked for pictures')(request);
      const url = toModelUrl(target, 'invoke');
      return { request: { method: 'POST', url, headers, body: JSON.stringify(body) }, adjustments };
    },
    decode: decodeImages,
  };
}

const FAMILIES: Families<ImageRequest> = [
  [/amazon\.nova-canvas/, (request) => writeAmazon(request, { styles: true })],
  [/amazon\.titan-image/, (request) => writeAmazon(request, { styles: false })],
  [/stability\.(?:sd3|stable-image-(?:core|ultra))/, writeStability],
];

const AMAZON_FIELDS: ReadonlySet<string> = new Set(['negativeText', 'cfgScale', 'seed']);
/** The vendor's own styles, as `PHOTOREALISM` is one; OpenAI's are in small letters. */
const STYLE = /^[0-9A-Z_]+$/;
const QUALITIES: ReadonlyMap<string, string> = new Map([
  ['standard', 'standard'],
  ['low', 'standard'],
  ['medium', 'standard'],
  ['high', 'premium'],
  ['hd', 'premium'],
  ['premium', 'premium'],
]);
const MAX_COUNT = 5;

/**
 * Nova Canvas and Titan. https://docs.aws.amazon.com/nova/latest/userguide/image-gen-req-resp-structure.html;
 * https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-image.html
 */
function writeAmazon(request: ImageRequest, { styles }: { readonly styles: boolean }): Written {
  const { prompt, count = 1, size = 'auto', quality = 'auto', style, outputFormat } = request;
  if (count > MAX_COUNT) throw untranslatable(`more than ${MAX_COUNT} pictures a call`, 'n');
  const { fields, adjustments } = nativeExtensions(request, AMAZON_FIELDS);
  const { negativeText, ...config } = fields;
  const measures = toMeasures(size);
  const grade = QUALITIES.get(quality);
  const isStyle = styles && style !== undefined && STYLE.test(style);
  return {
    body: {
      taskType: 'TEXT_IMAGE',
      textToImageParams: { text: prompt, negativeText, ...(isStyle ? { style } : {}) },
      imageGenerationConfig: { numberOfImages: count, quality: grade, ...measures, ...config },
    },
    adjustments: [
      ...changed('size', size !== 'auto' && !measures),
      ...(grade === undefined ? dropped('quality', quality === 'auto' ? undefined : quality) : []),
      ...changed('quality', quality === 'low' || quality === 'medium'),
      ...(isStyle ? [] : dropped('style', style)),
      ...dropped('output_format', outputFormat === 'png' ? undefined : outputFormat),
      ...lost(request),
      ...adjustments,
    ],
  };
}

const USUAL_SIDE = 1_024;
/** Every side is a multiple of so many pixels. */
const STEP = 64;

/** Pixels as they were asked for; a ratio with as many as a usual square has. */
function toMeasures(size: string): { readonly width: number; readonly height: number } | undefined {
  const asked = readPictureSize(size);
  if (!asked) return undefined;
  if (asked.inPixels) return { width: asked.width, height: asked.height };
  const root = Math.sqrt(asked.width / asked.height);
  return { width: inSteps(USUAL_SIDE * root), height: inSteps(USUAL_SIDE / root) };
}

function inSteps(pixels: number): number {
  return Math.round(pixels / STEP) * STEP;
}

const STABILITY_FIELDS: ReadonlySet<string> = new Set(['negative_prompt', 'seed']);
const RATIOS = ['9:21', '9:16', '2:3', '4:5', '1:1', '5:4', '3:2', '16:9', '21:9'] as const;
const FORMS: ReadonlySet<string> = new Set(['png', 'jpeg']);

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-diffusion-stable-image-core-text-image-request-response.html */
function writeStability(request: ImageRequest): Written {
  const { prompt, count = 1, size = 'auto', quality = 'auto', style, outputFormat } = request;
  if (count > 1) throw untranslatable('more than one picture a call', 'n');
  const { fields, adjustments } = nativeExtensions(request, STABILITY_FIELDS);
  const asked = readPictureSize(size);
  const ratio = asked && nearestRatio(asked, RATIOS);
  const form = outputFormat !== undefined && FORMS.has(outputFormat) ? outputFormat : undefined;
  return {
    body: { ...fields, prompt, mode: 'text-to-image', aspect_ratio: ratio, output_format: form },
    adjustments: [
      ...changed('size', size !== 'auto' && size !== ratio && size !== '1024x1024'),
      ...dropped('quality', quality === 'auto' ? undefined : quality),
      ...dropped('style', style),
      ...(form === undefined ? dropped('output_format', outputFormat) : []),
      ...lost(request),
      ...adjustments,
    ],
  };
}

/** An opaque background is what every picture has. A service that keeps no files gives bytes, and no address. */
function lost({ background, delivery, user }: ImageRequest): readonly Adjustment[] {
  return [
    ...dropped('background', background === 'transparent' ? background : undefined),
    ...changed('response_format', delivery === 'url'),
    ...dropped('user', user),
  ];
}

/** Both kinds answer with a list of base64; each has its own way to say that there is nothing in it. */
function decodeImages(bytes: Uint8Array): ImageResult {
  const answer = parseUpstreamJson(bytes);
  const given: readonly unknown[] = Array.isArray(answer.images) ? answer.images : [];
  const images = given.filter((image): image is string => typeof image === 'string' && image !== '');
  if (images.length === 0) throw failureOf(answer);
  return {
    model: '',
    images: images.map((base64) => ({ base64 })),
    usage: { inputTokens: 0, outputTokens: 0, images: images.length },
  };
}

/** npm @ai-sdk/amazon-bedrock 5.0.101, src/amazon-bedrock-image-model.ts (`status`); the pages above (`error`, `finish_reasons`). */
function failureOf({ status, error, finish_reasons: reasons }: JsonObject): Error {
  const reason: unknown = Array.isArray(reasons) ? reasons[0] : undefined;
  const isFiltered = typeof reason === 'string' && reason.startsWith('Filter');
  if (isFiltered || status === 'Request Moderated' || typeof error === 'string') {
    return gatewayError('content_policy_violation', { message: 'The provider held its pictures back.' });
  }
  return gatewayError('upstream_invalid_response', { message: 'The provider answered without a picture.' });
}
