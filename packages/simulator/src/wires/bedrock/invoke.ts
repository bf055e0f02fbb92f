import { BEDROCK, chooseBedrockModel, refuseFlaw } from './vendor.js';
import { boolean, findFlaw, list, nullish, object, oneOf, openObject, text, type Shape } from '../../shape/shape.js';
import { check, readCanvas, readStability } from './invoke-images.js';
import { readRanking } from './invoke-rerank.js';
import { embedQuestion } from '../embed-question.js';
import { embedWords } from '../../embed-words.js';
import type { Asked, Call, Wire } from '../wire.js';

/**
 * `POST /model/{model}/invoke` for models that embed, draw or rank. Of those that embed:
 * docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html and .../model-parameters-embed.html
 */
export const bedrockInvoke: Wire = {
  vendor: BEDROCK,
  read(asked) {
    const { body } = asked;
    if ('inputText' in body) return readTitan(asked);
    if ('taskType' in body) return readCanvas(asked);
    if ('prompt' in body) return readStability(asked);
    return 'query' in body ? readRanking(asked) : readCohere(asked);
  },
};

const DIMENSIONS = [256, 512, 1_024];
const TITAN: Shape = object({
  inputText: text({ min: 1 }),
  dimensions: nullish(openDimensions()),
  normalize: nullish(boolean),
  embeddingTypes: nullish(list(oneOf('float', 'binary'))),
});
const COHERE: Shape = openObject({
  texts: list(text({ min: 1 }), { min: 1, max: 96 }),
  input_type: oneOf('search_document', 'search_query', 'classification', 'clustering'),
});

/** Titan has three sizes. */
function openDimensions(): Shape {
  return {
    type: 'integer',
    optional: false,
    check: (value, path) =>
      DIMENSIONS.includes(value as number)
        ? undefined
        : { kind: 'value', path, expected: '', value, allowed: DIMENSIONS.map(String) },
  };
}

function readTitan({ body, params: { model: name = '' }, world }: Asked): Call {
  const model = chooseBedrockModel(name);
  if (world.strict) check(TITAN, body);
  const said = String(body['inputText']);
  const dimensions = typeof body['dimensions'] === 'number' ? body['dimensions'] : model.persona.dimensions;
  return {
    question: embedQuestion(name, [said]),
    model,
    plain: ({ usage }) => {
      const embedding = embedWords(said, dimensions);
      return { embedding, embeddingsByType: { float: embedding }, ...(usage && { inputTextTokenCount: usage.input }) };
    },
  };
}

function readCohere({ body, params: { model: name = '' }, world }: Asked): Call {
  const model = chooseBedrockModel(name);
  const flaw = world.strict ? findFlaw(COHERE, body) : undefined;
  if (flaw) refuseFlaw(flaw);
  const texts = (Array.isArray(body['texts']) ? body['texts'] : []).map(String);
  return {
    question: embedQuestion(name, texts),
    model,
    plain: (_, { number }) => ({
      id: `sim-${number}`,
      response_type: 'embeddings_floats',
      embeddings: texts.map((said) => embedWords(said, model.persona.dimensions)),
      texts,
    }),
  };
}
