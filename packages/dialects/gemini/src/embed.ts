import type { CallAddress, EmbedDialect, EmbedRequest, EmbedResult, JsonObject, ParsedCall } from '@sluice/contract';
import { GEMINI_EMBED, GEMINI_EMBED_BATCH } from '@sluice/toolkit/gemini-wire';
import { invalid, untranslatable } from './invalid.js';
import { checkBody, modelOf } from './parse.js';
import { batchEmbedContentsSchema, embedContentSchema } from './schema.js';
import type { BatchEmbedWire, EmbedWire } from './schema.js';
import { writeGeminiError, writeGeminiStreamError } from './write-error.js';

const ERRORS = { writeError: writeGeminiError, writeStreamError: writeGeminiStreamError } as const;

/** `POST /v1beta/models/{model}:embedContent`. */
export const geminiEmbed: EmbedDialect = {
  id: GEMINI_EMBED,
  parse: (body, address) => {
    const wire = checkBody(body, embedContentSchema);
    return toCall([wire], body as JsonObject, address);
  },
  writeResult: ({ vectors }) => JSON.stringify({ embedding: { values: vectors[0] ?? [] } }),
  ...ERRORS,
};

/** `POST /v1beta/models/{model}:batchEmbedContents`: several texts, all asked for in the same way. */
export const geminiBatchEmbed: EmbedDialect = {
  id: GEMINI_EMBED_BATCH,
  parse: (body, address) => {
    const { requests } = checkBody(body, batchEmbedContentsSchema);
    checkAlike(requests);
    return toCall(requests, body as JsonObject, address);
  },
  writeResult: ({ vectors }: EmbedResult) => JSON.stringify({ embeddings: vectors.map((values) => ({ values })) }),
  ...ERRORS,
};

function toCall(wires: readonly EmbedWire[], body: JsonObject, address?: CallAddress): ParsedCall<EmbedRequest> {
  return {
    model: modelOf(address),
    stream: false,
    wantsUsage: true,
    features: [],
    wire: body,
    toRequest: () => toEmbedRequest(wires),
  };
}

function toEmbedRequest(wires: readonly EmbedWire[]): EmbedRequest {
  const [first] = wires;
  const { content: _, model: _model, outputDimensionality: dimensions, ...others } = first ?? {};
  const fields = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined));
  return {
    input: wires.map(toText),
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(Object.keys(fields).length === 0 ? {} : { extensions: { dialect: GEMINI_EMBED, fields } }),
  };
}

function toText({ content }: EmbedWire, position: number): string {
  const texts = content.parts.map(({ text }, i) => {
    if (text === undefined) throw untranslatable(['requests', position, 'content', 'parts', i], 'more than text');
    return text;
  });
  return texts.join('\n');
}

function checkAlike(requests: BatchEmbedWire['requests']): void {
  const [first, ...others] = requests.map(({ content: _, ...asked }) => JSON.stringify(asked));
  const odd = others.findIndex((asked) => asked !== first);
  if (odd >= 0) throw invalid('invalid_value', ['requests', odd + 1], 'all requests of a batch must ask alike');
}
