import { COUNT_BODY, GENERATE_BODY } from './body-shape.js';
import { GEMINI, refuseArgument, refuseFlaw } from './vendor.js';
import { checkGenerate } from './rules.js';
import { chooseModel } from '../../models.js';
import { countInput } from '../../tokens.js';
import { findFlaw } from '../../shape/shape.js';
import { checkMaking, heardIn, readMaking, writeMade } from './made.js';
import { isObject, objects } from '../../question.js';
import { normalise } from './names.js';
import { openGeminiStream, writeGenerated, type GeminiForm } from './write.js';
import { readQuestion, toPrompt } from './question.js';
import type { Asked, Call, Plain, Wire } from '../wire.js';
import type { JsonObject } from '../../question.js';

/** `POST /v1beta/models/{model}:generateContent` */
export const geminiGenerate: Wire = { vendor: GEMINI, read: (asked) => readGenerate(asked, false) };

/** `POST /v1beta/models/{model}:streamGenerateContent`, as server-sent events with `alt=sse`, else as one JSON array. */
export const geminiStream: Wire = { vendor: GEMINI, read: (asked) => readGenerate(asked, true) };

function readGenerate({ body, params, query, world }: Asked, stream: boolean): Call {
  const known = normalise(body);
  if (world.strict) checkShape(known);
  const { model: name = '' } = params;
  const asked = readQuestion(known, name);
  const heard = heardIn(objects(known['contents']));
  const question = heard === undefined ? asked : { ...asked, text: heard };
  const model = chooseModel('gemini', name, world);
  const { persona } = model;
  if (world.strict) checkGenerate(known, persona);
  if (question.prompt.length === 0) refuseArgument('* GenerateContentRequest.contents: contents is not specified');
  const config = isObject(known['generationConfig']) ? known['generationConfig'] : {};
  if (world.strict) checkMaking(config, name, persona);
  const making = stream ? undefined : readMaking(config, name, question.text);
  const thinking = isObject(config['thinkingConfig']) ? config['thinkingConfig'] : {};
  const form: GeminiForm = {
    showsThoughts: thinking['includeThoughts'] === true,
    signs: persona.signsCalls || question.thinking === true,
    numbersCalls: persona.signsCalls,
    array: query.get('alt') !== 'sse',
  };
  return {
    question,
    model,
    plain: (answer, identity) =>
      making ? writeMade(answer, identity, making) : writeGenerated(answer, identity, form),
    ...(stream && { stream: (identity) => openGeminiStream(identity, form) }),
  };
}

function checkShape(body: JsonObject): void {
  if (!Array.isArray(body['contents'])) refuseArgument('* GenerateContentRequest.contents: contents is not specified');
  const flaw = findFlaw(GENERATE_BODY, body);
  if (flaw) refuseFlaw(flaw);
}

/** `POST /v1beta/models/{model}:countTokens` */
export const geminiCountTokens: Plain = {
  vendor: GEMINI,
  answer({ body, params: { model = '' }, world }) {
    const known = normalise(body);
    const flaw = world.strict ? findFlaw(COUNT_BODY, known) : undefined;
    if (flaw) refuseFlaw(flaw);
    chooseModel('gemini', model);
    const whole = isObject(known['generateContentRequest']) ? known['generateContentRequest'] : known;
    const totalTokens = countInput(toPrompt(whole, objects(whole['contents'])));
    return { totalTokens, promptTokensDetails: [{ modality: 'TEXT', tokenCount: totalTokens }] };
  },
};
