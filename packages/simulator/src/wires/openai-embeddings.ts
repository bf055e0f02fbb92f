import { countInput } from '../tokens.js';
import { embedWords } from '../embed-words.js';
import { openAiFault } from './openai-fault.js';
import { refuse } from '../steps.js';
import type { Call, Wire } from './wire.js';
import type { JsonObject } from '../question.js';

const DEFAULT_DIMENSIONS = 256;
const MAX_DIMENSIONS = 4096;

/** `POST /v1/embeddings`. The model's timing and faults hold; what it would say is not asked. */
export const openAiEmbeddings: Wire = {
  requestIdHeader: 'x-request-id',
  fault: openAiFault,
  read(body): Call {
    const model = body['model'];
    if (typeof model !== 'string') refuse('you must provide a model parameter', 'model');
    const texts = readInput(body['input']);
    const dimensions = readDimensions(body['dimensions']);
    const base64 = body['encoding_format'] === 'base64';
    const inputTokens = countInput(texts, 0);
    return {
      question: { model, text: '', images: 0, tools: [], parallelTools: false, inputTokens },
      plain: ({ usage }, identity) => ({
        object: 'list',
        data: texts.map((text, index) => ({
          object: 'embedding',
          index,
          embedding: base64 ? toBase64(embedWords(text, dimensions)) : embedWords(text, dimensions),
        })),
        model: identity.model,
        ...(usage && { usage: { prompt_tokens: usage.input, total_tokens: usage.input } satisfies JsonObject }),
      }),
    };
  },
};

/** Texts as they are; token ids as words of their own. */
function readInput(input: unknown): readonly string[] {
  const items = Array.isArray(input) && typeof input[0] !== 'number' ? (input as readonly unknown[]) : [input];
  if (items.length === 0 || !items.every(isEmbeddable))
    refuse("'input' must be text, token ids or a list of them.", 'input');
  return items.map((item) => (Array.isArray(item) ? item.join(' ') : String(item)));
}

function isEmbeddable(item: unknown): boolean {
  if (Array.isArray(item)) return item.length > 0 && item.every(Number.isInteger);
  return typeof item === 'string' && item !== '';
}

function readDimensions(value: unknown): number {
  if (value === undefined || value === null) return DEFAULT_DIMENSIONS;
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= MAX_DIMENSIONS) return value;
  return refuse(`'dimensions' must be an integer from 1 to ${MAX_DIMENSIONS}.`, 'dimensions');
}

function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, index) => bytes.writeFloatLE(value, index * 4));
  return bytes.toString('base64');
}
