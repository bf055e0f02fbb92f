import { GEMINI, refuseArgument } from './vendor.js';
import { SIMULATOR_MODELS, chooseModel } from '../../models.js';
import { listPersonas } from '../../personas.js';
import type { JsonObject } from '../../question.js';
import type { Plain } from '../wire.js';

/** `GET /v1beta/models`, page by page: ai.google.dev/api/models */
export const geminiModels: Plain = {
  vendor: GEMINI,
  answer({ query, world }) {
    const size = Number(query.get('pageSize') ?? 50);
    if (!Number.isInteger(size) || size < 0) refuseArgument("Invalid value at 'page_size' (TYPE_INT32)", 'page_size');
    const own = SIMULATOR_MODELS.map(({ id, description }) => toModel(id, description));
    const all = world.strict ? [...own, ...listPersonas('gemini').map(({ id }) => toModel(id, id))] : own;
    const from = Number(query.get('pageToken') ?? 0);
    const to = from + Math.min(size || 50, 1_000);
    return { models: all.slice(from, to), ...(to < all.length && { nextPageToken: String(to) }) };
  },
};

/** `GET /v1beta/models/{model}` */
export const geminiModel: Plain = { vendor: GEMINI, answer: ({ params: { model = '' } }) => toModel(model, model) };

function toModel(id: string, description: string): JsonObject {
  const { persona } = chooseModel('gemini', id);
  return {
    name: `models/${id}`,
    version: '001',
    displayName: id,
    description,
    inputTokenLimit: 1_048_576,
    outputTokenLimit: Math.min(persona.maxOutputTokens, 65_536),
    supportedGenerationMethods: id.includes('embed')
      ? ['embedContent', 'batchEmbedContents', 'countTokens']
      : ['generateContent', 'countTokens'],
    temperature: 1,
    topP: 0.95,
    topK: 64,
    maxTemperature: 2,
  };
}
