import { ANTHROPIC } from './vendor.js';
import { CREATED_SECONDS } from '../../created.js';
import { SIMULATOR_MODELS, chooseModel } from '../../models.js';
import { listPersonas } from '../../personas.js';
import { refuse } from '../../steps.js';
import type { JsonObject } from '../../question.js';
import type { Plain } from '../wire.js';

/** `GET /v1/models`, page by page: npm @anthropic-ai/sdk 1.12.0, resources/models.d.ts and core/pagination.d.ts */
export const anthropicModels: Plain = {
  vendor: ANTHROPIC,
  answer({ query, world }) {
    const limit = Number(query.get('limit') ?? 1_000);
    if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) {
      refuse('limit: Input should be greater than or equal to 1 and less than or equal to 1000');
    }
    const own = SIMULATOR_MODELS.map(({ id, description }) => toModel(id, description));
    const all = world.strict ? [...own, ...listPersonas('anthropic').map(({ id }) => toModel(id, id))] : own;
    const after = query.get('after_id');
    const from = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
    const data = all.slice(from, from + limit);
    return {
      data,
      has_more: from + limit < all.length,
      first_id: data[0]?.['id'] ?? null,
      last_id: data.at(-1)?.['id'] ?? null,
    };
  },
};

/** `GET /v1/models/{model}` */
export const anthropicModel: Plain = {
  vendor: ANTHROPIC,
  answer({ params: { model = '' } }) {
    chooseModel('anthropic', model);
    return toModel(model, model);
  },
};

function toModel(id: string, name: string): JsonObject {
  const { persona } = chooseModel('anthropic', id);
  return {
    type: 'model',
    id,
    display_name: name,
    created_at: new Date(CREATED_SECONDS * 1000).toISOString(),
    capabilities: null,
    deprecated_at: null,
    lifecycle: 'active',
    line: null,
    max_input_tokens: 200_000,
    max_tokens: Math.min(persona.maxOutputTokens, 128_000),
    retires_at: null,
  };
}
