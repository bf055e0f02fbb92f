import type { ChatRequest, Encoded, Operation, Passthrough, Target, TokenCount } from '@sluice/contract';
import { editTopLevel, isJsonObject, setTopLevel } from '@sluice/toolkit';
import { GEMINI_COUNT, inspectCount, readGeminiCount } from '@sluice/toolkit/gemini-wire';
import type { GeminiApi } from './api.js';
import { encodeBody } from './chat/encode.js';
import { FEATURES } from './chat/operation.js';
import { toResource } from './url.js';

const METHOD = 'countTokens';

/** Counts a prompt without an answer. https://ai.google.dev/api/tokens */
export function createCountTokens(api: GeminiApi): Operation<ChatRequest, TokenCount, never> {
  return {
    features: FEATURES,
    encode: (request, target) => encodeCount(request, target, api),
    decode(bytes) {
      const { body, totalTokens } = readGeminiCount(bytes);
      const { cachedContentTokenCount: cached } = body;
      return { inputTokens: totalTokens, ...(typeof cached === 'number' ? { cachedInputTokens: cached } : {}) };
    },
    ...(api.platform === 'developer' ? { passthroughs: [createPassthrough(api)] } : {}),
  };
}

/** The Gemini API counts all of a request only where it comes as one; Vertex AI takes its fields as they are. */
function encodeCount(request: ChatRequest, target: Target, api: GeminiApi): Encoded {
  const { body, adjustments } = encodeBody(request, target, api);
  const { contents, systemInstruction, tools, generationConfig } = body;
  const counted =
    api.platform === 'developer'
      ? { generateContentRequest: { model: toResource(target.model), ...body } }
      : { contents, systemInstruction, tools, generationConfig };
  return {
    request: { method: 'POST', url: api.url(target, METHOD), headers: api.headers, body: JSON.stringify(counted) },
    adjustments,
  };
}

function createPassthrough(api: GeminiApi): Passthrough {
  return {
    dialect: GEMINI_COUNT,
    encode: ({ body, wire }, target) => ({
      method: 'POST',
      url: api.url(target, METHOD),
      headers: api.headers,
      body: isJsonObject(wire.generateContentRequest) ? renameInside(body, toResource(target.model)) : body,
    }),
    inspect: inspectCount,
  };
}

/** A whole request, counted as one, names its model once more. */
function renameInside(body: Uint8Array, model: string): Uint8Array {
  return editTopLevel(body, 'generateContentRequest', (whole) => setTopLevel(whole, 'model', model));
}
