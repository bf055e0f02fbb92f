import { gatewayError } from '@sluice/contract';
import type { EmbedRequest, EmbedResult, JsonObject, Operation } from '@sluice/contract';
import { NO_FEATURES, droppedExtensions, editCallBody, extensionsFor, isNumbers } from '@sluice/toolkit';
import { OPENAI_EMBEDDINGS, inspectEmbeddings, readEmbeddingsAnswer, readUsage } from '@sluice/toolkit/openai-wire';
import { fieldsFor, holdsAny } from './foreign-fields.js';
import type { Server } from './server.js';

const PATH = 'embeddings';
/** Embeddings: as a codec, and as bytes that pass through. */
export function createEmbedOperation(server: Server): Operation<EmbedRequest, EmbedResult, never> {
  const { headers, locate, nameOf } = server;
  const rules = server.rules.embeddings || {};
  const foreign = [...(rules.refused ?? []), ...Object.keys(rules.renamed ?? {})];
  return {
    features: NO_FEATURES,
    encode(request, target) {
      const { input, dimensions, user } = request;
      const wished = { ...extensionsFor(request, OPENAI_EMBEDDINGS), input, dimensions, user };
      const { fields, dropped } = fieldsFor(rules, wished);
      const body = JSON.stringify({ model: nameOf(target.model), ...fields });
      return {
        request: { method: 'POST', url: locate(target, PATH), headers: headers.plain, body },
        adjustments: [...dropped, ...droppedExtensions(request, OPENAI_EMBEDDINGS)],
      };
    },
    decode: decodeEmbeddings,
    passthroughs: [
      {
        dialect: OPENAI_EMBEDDINGS,
        takes: ({ wire }) => !holdsAny(wire, foreign),
        encode(call, target) {
          const body = editCallBody(call, { model: nameOf(target.model) });
          return { method: 'POST', url: locate(target, PATH), headers: headers.forCall(call), body };
        },
        inspect: inspectEmbeddings,
      },
    ],
  };
}

function decodeEmbeddings(bytes: Uint8Array): EmbedResult {
  const { body, rows } = readEmbeddingsAnswer(bytes);
  const usage = readUsage(body.usage);
  return {
    model: typeof body.model === 'string' ? body.model : '',
    vectors: inOrder(rows).map(({ embedding }) => readVector(embedding)),
    ...(usage ? { usage } : {}),
  };
}

function inOrder(rows: readonly JsonObject[]): readonly JsonObject[] {
  return rows.every(({ index }) => typeof index === 'number')
    ? rows.toSorted((a, b) => Number(a.index) - Number(b.index))
    : rows;
}

function readVector(embedding: unknown): readonly number[] {
  if (typeof embedding === 'string') return readBase64(embedding);
  if (isNumbers(embedding)) return embedding;
  throw gatewayError('upstream_invalid_response', {
    message: 'The provider sent a vector that holds more than numbers.',
  });
}

/** Little-endian floats of four bytes, as `encoding_format: "base64"` asks for. */
function readBase64(text: string): readonly number[] {
  const bytes = Buffer.from(text, 'base64');
  const vector: number[] = [];
  for (let at = 0; at + 4 <= bytes.length; at += 4) vector.push(bytes.readFloatLE(at));
  return vector;
}
