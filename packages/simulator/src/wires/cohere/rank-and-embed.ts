import { COHERE, refuseFlaw } from './vendor.js';
import { chooseModel } from '../../models.js';
import {
  either,
  findFlaw,
  integer,
  list,
  nullish,
  object,
  oneOf,
  boolean,
  record,
  text,
  type Shape,
} from '../../shape/shape.js';
import { embedQuestion } from '../embed-question.js';
import { embedWords } from '../../embed-words.js';
import { padded, type Asked, type Call, type Wire } from '../wire.js';
import { rankWords } from '../../rank-words.js';
import { isObject, objects, textOr } from '../../question.js';
import { refuse } from '../../steps.js';
import type { JsonObject } from '../../question.js';

/** Source: docs.cohere.com/reference/rerank; the first version also took objects and gave the documents back. */
const RERANK: Readonly<Record<'v1' | 'v2', Shape>> = {
  v2: object({
    model: text({ min: 1 }),
    query: text({ min: 1 }),
    documents: list(text(), { min: 1, max: 10_000 }),
    top_n: nullish(integer({ min: 1 })),
    max_tokens_per_doc: nullish(integer({ min: 1 })),
    priority: nullish(integer({ min: 0, max: 999 })),
  }),
  v1: object({
    model: nullish(text({ min: 1 })),
    query: text({ min: 1 }),
    documents: list(either(text(), record), { min: 1, max: 10_000 }),
    top_n: nullish(integer({ min: 1 })),
    rank_fields: nullish(list(text())),
    return_documents: nullish(boolean),
    max_chunks_per_doc: nullish(integer({ min: 1 })),
  }),
};

/** `POST /v2/rerank` and `/v1/rerank`: a document is the more relevant the more words it shares with the query. */
export const cohereRerank: Wire = { vendor: COHERE, read: (asked) => readRerank(asked, 'v2') };
export const cohereRerankV1: Wire = { vendor: COHERE, read: (asked) => readRerank(asked, 'v1') };

function readRerank({ body, world }: Asked, version: 'v1' | 'v2'): Call {
  const flaw = world.strict ? findFlaw(RERANK[version], body) : undefined;
  if (flaw) refuseFlaw(flaw);
  const name = textOr(body['model'], 'rerank-v3.5');
  const documents = (Array.isArray(body['documents']) ? body['documents'] : []).map(documentText);
  if (documents.length === 0) refuse("invalid request: 'documents' is required.");
  const top = typeof body['top_n'] === 'number' ? body['top_n'] : documents.length;
  const returned = body['return_documents'] === true;
  const query = textOr(body['query'], '');
  return {
    question: embedQuestion(name, [query, ...documents]),
    model: chooseModel('cohere', name),
    plain: (_, { number }) => ({
      id: `sim-${padded(number)}`,
      results: rankWords(query, documents)
        .slice(0, top)
        .map((result) => ({ ...result, ...(returned && { document: { text: documents[result.index] } }) })),
      meta: {
        api_version: { version: version.slice(1) },
        billed_units: { search_units: Math.ceil(documents.length / 100) },
      },
    }),
  };
}

function documentText(document: unknown): string {
  return isObject(document) ? textOr(document['text'], '') : String(document);
}

const EMBED = object({
  model: text({ min: 1 }),
  input_type: oneOf('search_document', 'search_query', 'classification', 'clustering', 'image'),
  texts: nullish(list(text(), { min: 1, max: 96 })),
  images: nullish(list(text(), { max: 1 })),
  inputs: nullish(list(record, { max: 96 })),
  max_tokens: nullish(integer({ min: 1 })),
  output_dimension: nullish(integer({ min: 256, max: 1_536 })),
  embedding_types: nullish(list(oneOf('float', 'int8', 'uint8', 'binary', 'ubinary', 'base64'))),
  truncate: nullish(oneOf('NONE', 'START', 'END')),
  priority: nullish(integer({ min: 0, max: 999 })),
});

/** Texts, addresses of images, or parts of both; one of the three. */
function readInputs(body: JsonObject): readonly string[] {
  const given = ['texts', 'images', 'inputs'].filter((name) => body[name] !== undefined && body[name] !== null);
  if (given.length > 1) refuse(`invalid request: only one of ${given.join(' and ')} may be given.`);
  if (Array.isArray(body['images']) && body['input_type'] !== 'image')
    refuse("invalid request: input_type must be 'image' for images.");
  const parts = objects(body['inputs']).map(({ content }) => objects(content).map(partText).join(' '));
  return [body['texts'], body['images']].flatMap((list) => (Array.isArray(list) ? list.map(String) : [])).concat(parts);
}

function partText({ text: said, image_url: image }: JsonObject): string {
  return isObject(image) ? textOr(image['url'], '') : textOr(said, '');
}

/** `POST /v2/embed`: docs.cohere.com/reference/embed. Floats only, whatever else is asked for. */
export const cohereEmbed: Wire = {
  vendor: COHERE,
  read({ body, world }) {
    const flaw = world.strict ? findFlaw(EMBED, body) : undefined;
    if (flaw) refuseFlaw(flaw);
    const name = textOr(body['model'], '');
    const texts = readInputs(body);
    if (texts.length === 0) refuse('invalid request: valid input is required: texts, images or inputs.');
    const model = chooseModel('cohere', name);
    const dimensions =
      typeof body['output_dimension'] === 'number' ? body['output_dimension'] : model.persona.dimensions;
    return {
      question: embedQuestion(name, texts),
      model,
      plain: ({ usage }, { number }) => ({
        id: `sim-${padded(number)}`,
        embeddings: { float: texts.map((input) => embedWords(input, dimensions)) } satisfies JsonObject,
        texts,
        response_type: 'embeddings_by_type',
        meta: { api_version: { version: '2' }, ...(usage && { billed_units: { input_tokens: usage.input } }) },
      }),
    };
  },
};
