import type {
  EmbedRequest,
  EmbedResult,
  Encoded,
  Feature,
  Operation,
  Passthrough,
  RawCall,
  Target,
} from '@sluice/contract';
import {
  dropped,
  droppedExtensions,
  extensionsFor,
  editItems,
  editTopLevel,
  setTopLevel,
  untranslatable,
} from '@sluice/toolkit';
import { GEMINI_EMBED, inspectEmbed, readGeminiEmbeddings, readGeminiUsage } from '@sluice/toolkit/gemini-wire';
import type { GeminiApi } from './api.js';
import { toResource } from './url.js';

const BATCH = 'batchEmbedContents';
const FEATURES: ReadonlySet<Feature> = new Set<Feature>();

/** Embeddings of texts, always as a batch: that is one call for one text and for many. https://ai.google.dev/api/embeddings */
export function createEmbed(api: GeminiApi): Operation<EmbedRequest, EmbedResult, never> {
  return {
    features: FEATURES,
    encode: (request, target) => encodeEmbed(request, target, api),
    decode: decodeEmbed,
    passthroughs: [createPassthrough(api)],
  };
}

function encodeEmbed(request: EmbedRequest, target: Target, api: GeminiApi): Encoded {
  const { input, dimensions, user } = request;
  const model = toResource(target.model);
  const shared = {
    ...extensionsFor(request, GEMINI_EMBED),
    ...(dimensions === undefined ? {} : { outputDimensionality: dimensions }),
  };
  const requests = input.map((text: string | readonly number[]) => {
    if (typeof text !== 'string') throw untranslatable('a text as token ids', 'input');
    return { model, content: { parts: [{ text }] }, ...shared };
  });
  return {
    request: { method: 'POST', url: api.url(target, BATCH), headers: api.headers, body: JSON.stringify({ requests }) },
    adjustments: [...dropped('user', user), ...droppedExtensions(request, GEMINI_EMBED)],
  };
}

/** The answer names no model: there is nothing but vectors in it. */
function decodeEmbed(bytes: Uint8Array): EmbedResult {
  const { body, vectors } = readGeminiEmbeddings(bytes);
  const usage = readGeminiUsage(body.usageMetadata);
  return { model: '', vectors, ...(usage ? { usage } : {}) };
}

function createPassthrough(api: GeminiApi): Passthrough {
  return {
    dialect: GEMINI_EMBED,
    encode(call, target) {
      const method = Array.isArray(call.wire.requests) ? BATCH : 'embedContent';
      return { method: 'POST', url: api.url(target, method), headers: api.headers, body: editModel(call, target) };
    },
    inspect: inspectEmbed,
  };
}

/** The bytes as they came, but for the model: the wire wants its name once more in every request of a batch. */
function editModel({ body, wire }: RawCall, target: Target): Uint8Array {
  const model = toResource(target.model);
  if (!Array.isArray(wire.requests)) return wire.model === undefined ? body : setTopLevel(body, 'model', model);
  return editTopLevel(body, 'requests', (list) => editItems(list, (item) => setTopLevel(item, 'model', model)));
}
