import type { EmbedRequest, EmbedResult, Encoded, JsonObject, Operation, Passthrough, Target } from '@sluice/contract';
import {
  NO_FEATURES,
  dropped,
  editItems,
  editTopLevel,
  nativeExtensions,
  readInlineImage,
  setTopLevel,
  untranslatable,
} from '@sluice/toolkit';
import type { NativeExtensions } from '@sluice/toolkit';
import {
  GEMINI_EMBED,
  GEMINI_EMBED_BATCH,
  inspectEmbed,
  readGeminiEmbeddings,
  readGeminiUsage,
} from '@sluice/toolkit/gemini-wire';
import type { GeminiApi } from './api.js';
import { toResource } from './url.js';

const BATCH = 'batchEmbedContents';
/** Embeddings of texts, always as a batch: that is one call for one text and for many. https://ai.google.dev/api/embeddings */
export function createEmbed(api: GeminiApi): Operation<EmbedRequest, EmbedResult, never> {
  return {
    features: NO_FEATURES,
    encode: (request, target) => encodeEmbed(request, target, api),
    decode: decodeEmbed,
    passthroughs: [passBatch(api), passOne(api)],
  };
}

function encodeEmbed(request: EmbedRequest, target: Target, api: GeminiApi): Encoded {
  const { input, dimensions, user } = request;
  const model = toResource(target.model);
  const { fields, adjustments } = embedFields(request, OWN_FIELDS);
  const shared = {
    ...fields,
    ...(dimensions === undefined ? {} : { outputDimensionality: dimensions }),
  };
  const requests = input.map((text: string | readonly number[]) => {
    if (typeof text !== 'string') throw untranslatable('a text as token ids', 'input');
    return { model, content: { parts: [toPart(text, target.model)] }, ...shared };
  });
  return {
    request: { method: 'POST', url: api.url(target, BATCH), headers: api.headers, body: JSON.stringify({ requests }) },
    adjustments: [...dropped('user', user), ...adjustments],
  };
}

/** What a text is embedded for, and what it is called: the vendor's own words, which a caller of any dialect may use. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['taskType', 'title']);

/** The caller's fields that a wire knows: of Gemini's own dialect all of them, of any other those that are named. */
export function embedFields(request: EmbedRequest, named: ReadonlySet<string>): NativeExtensions {
  if (request.extensions?.dialect !== GEMINI_EMBED) return nativeExtensions(request, named);
  return { fields: request.extensions.fields, adjustments: [] };
}

/** Those that came before Gemini Embedding 2 read texts only. https://ai.google.dev/gemini-api/docs/embeddings */
const TEXT_ONLY = /embedding-00\d$/;

/** A text; or an image, where one comes as its own address (`data:image/...`). */
function toPart(text: string, model: string): JsonObject {
  const image = TEXT_ONLY.test(model) ? undefined : readInlineImage(text);
  return image ? { inlineData: { mimeType: image.mediaType, data: image.base64 } } : { text };
}

/** The answer names no model: there is nothing but vectors in it. */
export function decodeEmbed(bytes: Uint8Array): EmbedResult {
  const { body, vectors } = readGeminiEmbeddings(bytes);
  const usage = readGeminiUsage(body.usageMetadata);
  return { model: '', vectors, ...(usage ? { usage } : {}) };
}

/** The wire wants the model's name once more in every request of a batch. */
function passBatch(api: GeminiApi): Passthrough {
  return {
    dialect: GEMINI_EMBED_BATCH,
    encode({ body }, target) {
      const model = toResource(target.model);
      const named = (list: Buffer) => editItems(list, (item) => setTopLevel(item, 'model', model));
      return {
        method: 'POST',
        url: api.url(target, BATCH),
        headers: api.headers,
        body: editTopLevel(body, 'requests', named),
      };
    },
    inspect: inspectEmbed,
  };
}

function passOne(api: GeminiApi): Passthrough {
  return {
    dialect: GEMINI_EMBED,
    encode: ({ body, wire }, target) => ({
      method: 'POST',
      url: api.url(target, 'embedContent'),
      headers: api.headers,
      body: wire.model === undefined ? body : setTopLevel(body, 'model', toResource(target.model)),
    }),
    inspect: inspectEmbed,
  };
}
