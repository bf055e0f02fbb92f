import { ANTHROPIC, API_VERSIONS, refuseFlaw } from './vendor.js';
import { BETA_BODY, COUNT_BODY, MESSAGE_BODIES } from './body-shape.js';
import { checkMessages } from './rules.js';
import { chooseModel } from '../../models.js';
import { countInput } from '../../tokens.js';
import { findFlaw, type Shape } from '../../shape/shape.js';
import { isObject } from '../../question.js';
import { openAnthropicStream } from './stream.js';
import { readQuestion } from './question.js';
import { refuse } from '../../steps.js';
import { writeMessage, type MessageForm } from './shapes.js';
import type { Asked, Call, Plain, Wire } from '../wire.js';
import type { JsonObject } from '../../question.js';

/** `POST /v1/messages`, under both versions of the API. */
export const anthropicMessages: Wire = { vendor: ANTHROPIC, read: readMessages };

function readMessages(asked: Asked): Call {
  const { body, world } = asked;
  const version = versionOf(asked);
  if (world.strict) checkShape(asked, MESSAGE_BODIES[version]);
  const question = readQuestion(body);
  if (question.maxTokens === undefined) refuse('max_tokens: Field required');
  const model = chooseModel('anthropic', question.model, world);
  if (world.strict) checkMessages(body, model.persona, version);
  const { thinking } = body;
  const form: MessageForm = { hidesThinking: isObject(thinking) && thinking['display'] === 'omitted' };
  return {
    question,
    model,
    plain: (answer, identity) => writeMessage(answer, identity, form),
    ...(body['stream'] === true && { stream: (identity) => openAnthropicStream(identity, form) }),
  };
}

/** `POST /v1/messages/count_tokens`: platform.claude.com/docs/en/api/messages-count-tokens */
export const anthropicCountTokens: Plain = {
  vendor: ANTHROPIC,
  answer(asked) {
    if (asked.world.strict) checkShape(asked, COUNT_BODY);
    const question = readQuestion(asked.body);
    const { persona } = chooseModel('anthropic', question.model);
    if (asked.world.strict)
      checkMessages({ ...asked.body, max_tokens: persona.maxOutputTokens }, persona, versionOf(asked));
    return { input_tokens: countInput(question.prompt) };
  },
};

function versionOf({ headers }: Asked): string {
  const version = String(headers['anthropic-version']);
  return API_VERSIONS.includes(version) ? version : '2023-06-01';
}

/** Fields of a beta are known only to who names it. */
function checkShape({ body, headers }: Asked, shape: Shape | undefined): void {
  if (!shape) return;
  const beta = headers['anthropic-beta'] === undefined ? [] : Object.keys(BETA_BODY);
  const known: JsonObject = Object.fromEntries(Object.entries(body).filter(([name]) => !beta.includes(name)));
  const flaw = findFlaw(shape, known);
  if (flaw) refuseFlaw(flaw);
}
