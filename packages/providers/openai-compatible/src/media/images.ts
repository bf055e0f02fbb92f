import { gatewayError } from '@sluice/contract';
import type { AnswerSummary, GeneratedImage, ImageRequest, ImageResult, JsonObject, Operation } from '@sluice/contract';
import { droppedExtensions, extensionsFor, isJsonObject } from '@sluice/toolkit';
import { OPENAI_IMAGES } from '@sluice/toolkit/openai-wire';
import type { Server } from '../server.js';
import { FEATURES, jsonPassthrough, readAnswer, readAnyUsage } from './json-passthrough.js';

const PATH = 'images/generations';

/** Pictures. Source: npm openai 6.49.0, `resources/images.d.ts`. */
export function createImageOperation(server: Server): Operation<ImageRequest, ImageResult, never> {
  return {
    features: FEATURES,
    encode(request, target) {
      const { prompt, count, size, quality, style, background, outputFormat, delivery, user } = request;
      const body = JSON.stringify({
        ...extensionsFor(request, OPENAI_IMAGES),
        model: server.nameOf(target.model),
        prompt,
        n: count,
        size,
        quality,
        style,
        background,
        output_format: outputFormat,
        response_format: delivery && (delivery === 'url' ? 'url' : 'b64_json'),
        user,
      });
      return {
        request: { method: 'POST', url: server.locate(target, PATH), headers: server.headers.plain, body },
        adjustments: droppedExtensions(request, OPENAI_IMAGES),
      };
    },
    decode: decodeImages,
    passthroughs: [jsonPassthrough(server, { dialect: OPENAI_IMAGES, path: PATH, inspect: inspectImages })],
  };
}

function readImages(bytes: Uint8Array): { readonly body: JsonObject; readonly rows: readonly JsonObject[] } {
  const body = readAnswer(bytes);
  const { data } = body;
  if (!Array.isArray(data)) {
    throw gatewayError('upstream_invalid_response', { message: "The provider's answer is not a list of images." });
  }
  return { body, rows: data.filter(isJsonObject) };
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
