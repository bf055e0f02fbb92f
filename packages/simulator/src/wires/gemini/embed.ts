import { BATCH_EMBED_BODY, EMBED_BODY } from './body-shape.js';
import { GEMINI, refuseArgument, refuseFlaw } from './vendor.js';
import { chooseModel } from '../../models.js';
import { embedQuestion } from '../embed-question.js';
import { embedWords } from '../../embed-words.js';
import { findFlaw, type Shape } from '../../shape/shape.js';
import { isObject, objects } from '../../question.js';
import { normalise } from './names.js';
import { readContent } from './question.js';
import type { Asked, Call, Wire } from '../wire.js';
import type { JsonObject } from '../../question.js';

/** `POST /v1beta/models/{model}:embedContent` */
export const geminiEmbed: Wire = {
  vendor: GEMINI,
  read(asked) {
    const body = checked(asked, EMBED_BODY);
    return toCall(asked, [body], ([embedding]) => ({ embedding }));
  },
};

/** `POST /v1beta/models/{model}:batchEmbedContents` */
export const geminiBatchEmbed: Wire = {
  vendor: GEMINI,
  read(asked) {
    const requests = objects(checked(asked, BATCH_EMBED_BODY)['requests']);
    const path = `models/${asked.params['model'] ?? ''}`;
    if (requests.some(({ model }) => model !== path)) {
      refuseArgument("* BatchEmbedContentsRequest.requests[0].model: the model of a request must match the parent's.");
    }
    return toCall(asked, requests, (embeddings) => ({ embeddings }));
  },
};

function checked({ body, world }: Asked, shape: Shape): JsonObject {
  const known = normalise(body);
  const flaw = world.strict ? findFlaw(shape, known) : undefined;
  if (flaw) refuseFlaw(flaw);
  return known;
}

/** A picture stands for itself: for its bytes, where there are no words. */
function textOf(content: JsonObject): string {
  const { text, attachments } = readContent(content);
  return text === '' ? attachments.map(({ mediaType = '', bytes = 0 }) => `${mediaType} ${bytes}`).join(' ') : text;
}

function toCall(
  { params: { model: name = '' } }: Asked,
  requests: readonly JsonObject[],
  write: (embeddings: readonly JsonObject[]) => JsonObject,
): Call {
  const model = chooseModel('gemini', name);
  const texts = requests.map(({ content }) => (isObject(content) ? textOf(content) : ''));
  if (texts.includes('')) refuseArgument('* EmbedContentRequest.content: content is empty');
  const values = (text: string, index: number): readonly number[] => {
    const wanted = requests[index]?.['outputDimensionality'];
    return embedWords(text, typeof wanted === 'number' ? wanted : model.persona.dimensions);
  };
  return {
    question: embedQuestion(name, texts),
    model,
    plain: ({ usage }) => ({
      ...write(texts.map((text, index) => ({ values: values(text, index) }))),
      ...(usage && { usageMetadata: { promptTokenCount: usage.input } }),
    }),
  };
}
