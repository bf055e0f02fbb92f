import { check } from './invoke-images.js';
import { chooseBedrockModel } from './vendor.js';
import { embedQuestion } from '../embed-question.js';
import { integer, list, nullish, object, text, type Fields, type Shape } from '../../shape/shape.js';
import { rankWords } from '../../rank-words.js';
import { textOr } from '../../question.js';
import type { Asked, Call } from '../wire.js';

const SHARED: Fields = {
  query: text({ min: 1 }),
  documents: list(text({ min: 1 }), { min: 1, max: 1_000 }),
  top_n: nullish(integer({ min: 1 })),
};
const AMAZON: Shape = object(SHARED);
const COHERE: Shape = object({
  ...SHARED,
  api_version: integer({ min: 2, max: 2 }),
  max_tokens_per_doc: nullish(integer({ min: 1 })),
});

/** Models that rank. Source: docs.aws.amazon.com/bedrock/latest/userguide/rerank-use.html, its part on InvokeModel. */
export function readRanking({ body, params: { model: name = '' }, world }: Asked): Call {
  const model = chooseBedrockModel(name);
  if (world.strict) check(name.includes('cohere.') ? COHERE : AMAZON, body);
  const query = textOr(body['query'], '');
  const documents = (Array.isArray(body['documents']) ? body['documents'] : []).map(String);
  const top = typeof body['top_n'] === 'number' ? body['top_n'] : documents.length;
  return {
    question: embedQuestion(name, [query, ...documents]),
    model,
    plain: () => ({ results: rankWords(query, documents).slice(0, top) }),
  };
}
