import { OPENAI, refuseFlaw } from './vendor.js';
import { chooseModel } from '../../models.js';
import { embedQuestion } from '../embed-question.js';
import { embedWords } from '../../embed-words.js';
import { findFlaw, integer, list, nullish, object, oneOf, optional, text, anything } from '../../shape/shape.js';
import { namedBody } from './named-body.js';
import { refuse } from '../../steps.js';
import type { Asked, Call, Wire } from '../wire.js';

const MAX_DIMENSIONS = 4096;

/** Source: npm openai 7.57.0, resources/embeddings.d.ts, `EmbeddingCreateParams`. */
const BODY = object({
  model: text({ min: 1 }),
  input: anything,
  dimensions: nullish(integer({ min: 1, max: MAX_DIMENSIONS })),
  encoding_format: optional(oneOf('float', 'base64')),
  user: optional(text()),
});
const MAX_INPUTS = list(anything, { min: 1, max: 2_048 });

/** `POST /v1/embeddings`. The model's timing and faults hold; what it would say is not asked. */
export const openAiEmbeddings: Wire = { vendor: OPENAI, read: readEmbeddings };

function readEmbeddings(asked: Asked): Call {
  const body = namedBody(asked);
  const flaw = asked.world.strict ? findFlaw(BODY, body) : undefined;
  if (flaw) refuseFlaw(flaw);
  const name = body['model'];
  if (typeof name !== 'string') refuse('you must provide a model parameter', 'model');
  const texts = readInput(body['input']);
  const model = chooseModel('openai', name);
  const dimensions = readDimensions(body['dimensions'], model.persona.dimensions);
  const base64 = body['encoding_format'] === 'base64';
  return {
    question: embedQuestion(name, texts),
    model,
    plain: ({ usage }, identity) => ({
      object: 'list',
      data: texts.map((input, index) => ({
        object: 'embedding',
        index,
        embedding: base64 ? toBase64(embedWords(input, dimensions)) : embedWords(input, dimensions),
      })),
      model: identity.model,
      ...(usage && { usage: { prompt_tokens: usage.input, total_tokens: usage.input } }),
    }),
  };
}

/** Texts as they are; token ids as words of their own. */
function readInput(input: unknown): readonly string[] {
  const items = Array.isArray(input) && typeof input[0] !== 'number' ? (input as readonly unknown[]) : [input];
  const flaw = findFlaw(MAX_INPUTS, items);
  if (flaw) refuseFlaw({ ...flaw, path: ['input'] });
  if (!items.every(isEmbeddable)) refuse("'input' must be text, token ids or a list of them.", 'input');
  return items.map((item) => (Array.isArray(item) ? item.join(' ') : String(item)));
}

function isEmbeddable(item: unknown): boolean {
  if (Array.isArray(item)) return item.length > 0 && item.every(Number.isInteger);
  return typeof item === 'string' && item !== '';
}

function readDimensions(value: unknown, usual: number): number {
  if (value === undefined || value === null) return usual;
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= MAX_DIMENSIONS) return value;
  return refuse(`'dimensions' must be an integer from 1 to ${MAX_DIMENSIONS}.`, 'dimensions');
}

function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, index) => bytes.writeFloatLE(value, index * 4));
  return bytes.toString('base64');
}
