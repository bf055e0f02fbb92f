import { OPENAI } from './vendor.js';
import { chooseModel } from '../../models.js';
import { conversationOf } from './responses.js';
import { countInput } from '../../tokens.js';
import { readQuestion } from './responses-question.js';
import { refuse } from '../../steps.js';
import { refuseMissing } from './responses-rules.js';
import { textOr, type JsonObject } from '../../question.js';
import type { Asked, Plain } from '../wire.js';
import type { StoredResponse } from './response-store.js';

/**
 * `GET /v1/responses/{id}`: what was asked for in the background is done once it was looked at. Source of all five: npm
 * openai 7.57.0, resources/responses/.
 */
export const getResponse: Plain = {
  vendor: OPENAI,
  answer(asked) {
    const { id, kept } = find(asked);
    asked.world.responses.put(id, { ...kept, pending: false });
    return kept.response;
  },
};

/** `DELETE /v1/responses/{id}` */
export const deleteResponse: Plain = {
  vendor: OPENAI,
  answer(asked) {
    const { id } = find(asked);
    asked.world.responses.delete(id);
    return { id, object: 'response', deleted: true };
  },
};

/** `POST /v1/responses/{id}/cancel` */
export const cancelResponse: Plain = {
  vendor: OPENAI,
  answer(asked) {
    const { id, kept } = find(asked);
    if (kept.response['background'] !== true) refuse('Cannot cancel a synchronous response.');
    if (!kept.pending) return kept.response;
    const response: JsonObject = { ...kept.response, status: 'cancelled', output: [], usage: null, completed_at: null };
    asked.world.responses.put(id, { ...kept, response, pending: false });
    return response;
  },
};

/** `GET /v1/responses/{id}/input_items`, newest first. */
export const listInputItems: Plain = {
  vendor: OPENAI,
  answer(asked) {
    const { id, kept } = find(asked);
    const items = kept.input.map((item, index) => ({ id: `msg_${id}_${index}`, type: 'message', ...item }));
    const data: readonly JsonObject[] = asked.query.get('order') === 'asc' ? items : items.toReversed();
    return {
      object: 'list',
      data,
      first_id: data[0]?.['id'] ?? null,
      last_id: data.at(-1)?.['id'] ?? null,
      has_more: false,
    };
  },
};

/** `POST /v1/responses/input_tokens` */
export const countInputTokens: Plain = {
  vendor: OPENAI,
  answer(asked) {
    const name = textOr(asked.body['model'], '');
    chooseModel('openai', name);
    const { prompt } = readQuestion(asked.body, conversationOf(asked), name);
    return { object: 'response.input_tokens', input_tokens: countInput(prompt) };
  },
};

function find({ params: { id = '' }, world }: Asked): { readonly id: string; readonly kept: StoredResponse } {
  const kept = world.responses.get(id);
  return kept ? { id, kept } : refuseMissing('Response', id);
}
