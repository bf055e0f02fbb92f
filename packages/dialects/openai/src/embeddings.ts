import type { EmbedDialect, EmbedRequest, EmbedResult, JsonObject, ParsedCall } from '@sluice/contract';
import { OPENAI_EMBEDDINGS } from '@sluice/toolkit/openai-wire';
import { z } from 'zod';
import { checkBody, fieldsBeside } from './check-body.js';
import { modelName } from './model-name.js';
import { writeOpenAiError, writeOpenAiStreamError } from './write-error.js';

const MAX_INPUTS = 2_048;

const tokens = z.array(z.int().min(0)).min(1);

/** The body of `POST /v1/embeddings`. Fields that it does not name are carried as they are. */
export const embeddingsRequestSchema = z.looseObject({
  model: modelName,
  input: z.union([
    z.string().min(1),
    z.array(z.string().min(1)).min(1).max(MAX_INPUTS),
    tokens,
    z.array(tokens).min(1).max(MAX_INPUTS),
  ]),
  dimensions: z.int().min(1).nullish(),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  user: z.string().nullish(),
});
type EmbedWire = z.infer<typeof embeddingsRequestSchema>;

const TRANSLATED: ReadonlySet<string> = new Set(['model', 'input', 'dimensions', 'encoding_format', 'user']);

/** `POST /v1/embeddings`. Vectors that were translated are always lists of numbers, which OpenAI's SDKs read as well. */
export const openAiEmbeddings: EmbedDialect = {
  id: OPENAI_EMBEDDINGS,
  parse: parseEmbeddings,
  writeResult: writeEmbeddings,
  writeError: writeOpenAiError,
  writeStreamError: writeOpenAiStreamError,
};

function parseEmbeddings(body: unknown): ParsedCall<EmbedRequest> {
  const wire = checkBody(body, embeddingsRequestSchema);
  return {
    model: wire.model,
    stream: false,
    wantsUsage: true,
    features: [],
    wire: body as JsonObject,
    toRequest: () => toEmbedRequest(wire),
  };
}

function toEmbedRequest(wire: EmbedWire): EmbedRequest {
  const fields = fieldsBeside(wire, TRANSLATED);
  return {
    input: toInputs(wire.input),
    ...(typeof wire.dimensions === 'number' ? { dimensions: wire.dimensions } : {}),
    ...(typeof wire.user === 'string' ? { user: wire.user } : {}),
    ...(fields ? { extensions: { dialect: OPENAI_EMBEDDINGS, fields } } : {}),
  };
}

function toInputs(input: EmbedWire['input']): EmbedRequest['input'] {
  if (typeof input === 'string') return [input];
  return typeof input[0] === 'number' ? [input as number[]] : (input as string[] | number[][]);
}

function writeEmbeddings({ model, vectors, usage }: EmbedResult): string {
  return JSON.stringify({
    object: 'list',
    data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })),
    model,
    ...(usage ? { usage: { prompt_tokens: usage.inputTokens, total_tokens: usage.inputTokens } } : {}),
  });
}
