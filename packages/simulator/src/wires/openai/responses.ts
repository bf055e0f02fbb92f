import { OPENAI, refuseFlaw } from './vendor.js';
import { checkResponse, refuseMissing } from './responses-rules.js';
import { chooseModel } from '../../models.js';
import { findResponseFlaw } from './responses-shape.js';
import { isObject, objects, textOr } from '../../question.js';
import { joinSteps, type Answer, type Asked, type Call, type Identity, type Wire } from '../wire.js';
import { openResponseStream } from './responses-stream.js';
import { readQuestion } from './responses-question.js';
import { refuse } from '../../steps.js';
import { responseId, statusOf, toItem, writeResponse, type ResponseForm } from './response-object.js';
import type { JsonObject } from '../../question.js';

/** `POST /v1/responses` */
export const openAiResponses: Wire = { vendor: OPENAI, read: readResponses };

function readResponses(asked: Asked): Call {
  const { body, world } = asked;
  const flaw = world.strict ? findResponseFlaw(body) : undefined;
  if (flaw) refuseFlaw(flaw);
  const items = conversationOf(asked);
  const { model: name } = body;
  if (typeof name !== 'string') refuse("Missing required parameter: 'model'.", 'model', 'missing_required_parameter');
  const model = chooseModel('openai', name);
  if (world.strict) checkResponse(body, items, model.persona);
  const form = toForm(body);
  const keep = (response: JsonObject, identity: Identity): void => {
    if (body['store'] === false) return;
    world.responses.put(responseId(identity), { response, input: items, pending: body['background'] === true });
  };
  return {
    question: readQuestion(body, items, name),
    model,
    plain: (answer, identity) => {
      const response = toWhole(answer, identity, form);
      keep(response, identity);
      return body['background'] === true ? { ...response, status: 'queued', output: [], usage: null } : response;
    },
    ...(body['stream'] === true && {
      stream: (identity) => openResponseStream({ identity, form, finished: (response) => keep(response, identity) }),
    }),
  };
}

function toForm(body: JsonObject): ResponseForm {
  const reasoning = isObject(body['reasoning']) ? body['reasoning'] : {};
  const include = Array.isArray(body['include']) ? body['include'] : [];
  return {
    body,
    showsSummary: typeof (reasoning['summary'] ?? reasoning['generate_summary']) === 'string',
    sealsReasoning: include.includes('reasoning.encrypted_content'),
  };
}

function toWhole({ content, finish, usage }: Answer, identity: Identity, form: ResponseForm): JsonObject {
  const output = joinSteps(content).map((step, index) => toItem(step, index, { identity, form }));
  const status = finish ? statusOf(finish) : 'in_progress';
  return writeResponse({ status, output, usage, ...(finish && { finish }) }, identity, form);
}

/** All items: those of the response that this one follows, then its own, references resolved. */
export function conversationOf({ body, world }: Asked): readonly JsonObject[] {
  const { input, previous_response_id: previous } = body;
  const own = typeof input === 'string' ? [{ role: 'user', content: input }] : objects(input);
  const before = typeof previous === 'string' ? keptConversation(previous, world) : [];
  return [...before, ...own.map((item) => (item['type'] === 'item_reference' ? resolve(item, before) : item))];
}

function keptConversation(id: string, world: Asked['world']): readonly JsonObject[] {
  const kept = world.responses.get(id);
  if (!kept)
    refuse(`Previous response with id '${id}' not found.`, 'previous_response_id', 'previous_response_not_found');
  return [...kept.input, ...objects(kept.response['output'])];
}

function resolve({ id }: JsonObject, before: readonly JsonObject[]): JsonObject {
  const found = before.find((item) => item['id'] === id);
  return found ?? refuseMissing('Item', textOr(id, ''), ' Items are not persisted when `store` is set to false.');
}
