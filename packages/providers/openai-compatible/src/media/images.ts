import { gatewayError } from '@sluice/contract';
import type {
  Adjustment,
  AnswerSummary,
  GeneratedImage,
  ImageRequest,
  ImageResult,
  JsonObject,
  Operation,
} from '@sluice/contract';
import { NO_FEATURES, changed, droppedExtensions, extensionsFor, isJsonObject } from '@sluice/toolkit';
import { OPENAI_IMAGES } from '@sluice/toolkit/openai-wire';
import { fieldsFor } from '../foreign-fields.js';
import type { MediaRules } from '../rules.js';
import type { Server } from '../server.js';
import { jsonPassthrough, readAnswer, readAnyUsage } from './json-passthrough.js';
import { rulesFor, toSizeFields } from './media-rules.js';

const PATH = 'images/generations';

/** Pictures. Source: npm openai 6.49.0, `resources/images.d.ts`. */
export function createImageOperation(server: Server): Operation<ImageRequest, ImageResult, never> {
  const rules = rulesFor(server, 'image');
  const { path = PATH } = rules;
  return {
    features: NO_FEATURES,
    encode(request, target) {
      const { fields, adjustments } = toFields(request, rules);
      const body = JSON.stringify({ ...fields, model: server.nameOf(target.model) });
      return {
        request: { method: 'POST', url: server.locate(target, path), headers: server.headers.plain, body },
        adjustments: [...adjustments, ...droppedExtensions(request, OPENAI_IMAGES)],
      };
    },
    decode: decodeImages,
    passthroughs: [jsonPassthrough(server, { dialect: OPENAI_IMAGES, path, rules, inspect: inspectImages })],
  };
}

interface Fields {
  readonly fields: JsonObject;
  readonly adjustments: readonly Adjustment[];
}

function toFields(request: ImageRequest, rules: MediaRules): Fields {
  const { prompt, count, size, quality, style, background, outputFormat, delivery, user } = request;
  const { base64 = 'b64_json' } = rules;
  const said = toSizeFields(rules, size);
  const isUnsaid = base64 === true;
  const { fields, dropped: lost } = fieldsFor(rules, {
    ...extensionsFor(request, OPENAI_IMAGES),
    prompt,
    n: count,
    ...said.fields,
    quality,
    style,
    background,
    output_format: outputFormat,
    response_format: isUnsaid ? undefined : delivery && (delivery === 'url' ? 'url' : base64),
    user,
  });
  return {
    fields,
    adjustments: [
      ...changed('size', !said.isExact),
      ...changed('response_format', isUnsaid && delivery === 'url'),
      ...lost,
    ],
  };
}

function readImages(bytes: Uint8Array): { readonly body: JsonObject; readonly rows: readonly JsonObject[] } {
  const body = readAnswer(bytes);
  const { data } = body;
  if (!Array.isArray(data)) {
    throw gatewayError('upstream_invalid_response', { message: "The provider's answer is not a list of images." });
  }
  const rows = data.filter(isJsonObject);
  // So xAI says that it held a picture back: npm @ai-sdk/xai 3.0.138, src/xai-image-model.ts.
  if (rows.length > 0 && rows.every(({ respect_moderation: respects }) => respects === false)) {
    throw gatewayError('content_policy_violation', { message: 'The provider held its pictures back.' });
  }
  return { body, rows };
}

function decodeImages(bytes: Uint8Array): ImageResult {
  const { body, rows } = readImages(bytes);
  const mediaType = typeof body.output_format === 'string' ? `image/${body.output_format}` : undefined;
  const { usage } = summarize(body, rows.length);
  return {
    model: typeof body.model === 'string' ? body.model : '',
    images: rows.map((row) => toImage(row, mediaType)),
    ...(usage ? { usage } : {}),
  };
}

function toImage({ url, b64_json: base64, revised_prompt: revised }: JsonObject, mediaType?: string): GeneratedImage {
  return {
    ...(typeof url === 'string' ? { url } : {}),
    ...(typeof base64 === 'string' ? { base64 } : {}),
    ...(mediaType === undefined ? {} : { mediaType }),
    ...(typeof revised === 'string' ? { revisedPrompt: revised } : {}),
  };
}

function inspectImages(bytes: Uint8Array): AnswerSummary {
  const { body, rows } = readImages(bytes);
  return summarize(body, rows.length);
}

/** Older models count pictures and no tokens. */
function summarize({ model, usage }: JsonObject, images: number): AnswerSummary {
  const counts = readAnyUsage(usage) ?? { inputTokens: 0, outputTokens: 0 };
  return { ...(typeof model === 'string' ? { model } : {}), usage: { ...counts, images } };
}
