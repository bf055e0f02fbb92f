import { BEDROCK, chooseBedrockModel, refuseFlaw } from './vendor.js';
import { CONVERSE_BODY } from './converse-shape.js';
import { checkConverse } from './rules.js';
import { findFlaw } from '../../shape/shape.js';
import { openConverseStream, writeConverse } from './write.js';
import { readQuestion } from './question.js';
import type { Asked, Call, Wire } from '../wire.js';

/** `POST /model/{model}/converse` */
export const bedrockConverse: Wire = { vendor: BEDROCK, read: (asked) => readConverse(asked, false) };

/** `POST /model/{model}/converse-stream` */
export const bedrockConverseStream: Wire = { vendor: BEDROCK, read: (asked) => readConverse(asked, true) };

function readConverse({ body, params: { model: name = '' }, world }: Asked, stream: boolean): Call {
  const flaw = world.strict ? findFlaw(CONVERSE_BODY, body) : undefined;
  if (flaw) refuseFlaw(flaw);
  const model = chooseBedrockModel(name, world);
  if (world.strict) checkConverse(body, model.persona);
  return {
    question: readQuestion(body, name),
    model,
    plain: writeConverse,
    ...(stream && { stream: openConverseStream }),
  };
}
