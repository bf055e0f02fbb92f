import { OPENAI, refuseFlaw } from './vendor.js';
import { chooseModel } from '../../models.js';
import { either, findFlaw, list, object, optional, tagged, text } from '../../shape/shape.js';
import { embedQuestion } from '../embed-question.js';
import { isObject, textOr, type JsonObject } from '../../question.js';
import { padded, type Asked, type Call, type Wire } from '../wire.js';

/** Source: npm openai 7.57.0, resources/moderations.d.ts. */
const BODY = object({
  input: either(
    text({ min: 1 }),
    list(
      either(text(), tagged('type', { text: { text: text() }, image_url: { image_url: object({ url: text() }) } })),
      { min: 1 },
    ),
  ),
  model: optional(text({ min: 1 })),
});

/** The words by which each category is known here; the vendor's others are never flagged. */
const WORDS: Readonly<Record<string, RegExp | undefined>> = {
  harassment: /\bidiot\b/i,
  'harassment/threatening': undefined,
  hate: /\bhate you\b/i,
  'hate/threatening': undefined,
  illicit: /\bbomb\b/i,
  'illicit/violent': /\bbomb\b/i,
  'self-harm': /\bkill myself\b/i,
  'self-harm/intent': /\bkill myself\b/i,
  'self-harm/instructions': undefined,
  sexual: undefined,
  'sexual/minors': undefined,
  violence: /\bkill\b|\bbomb\b/i,
  'violence/graphic': undefined,
};
const CATEGORIES = Object.keys(WORDS);

/** `POST /v1/moderations` */
export const openAiModerations: Wire = { vendor: OPENAI, read: readModeration };

function readModeration({ body, world }: Asked): Call {
  const flaw = world.strict ? findFlaw(BODY, body) : undefined;
  if (flaw) refuseFlaw(flaw);
  const name = textOr(body['model'], 'omni-moderation-latest');
  const inputs = readInputs(body['input']);
  return {
    question: embedQuestion(name, inputs),
    model: chooseModel('openai', name),
    plain: (_, identity) => ({
      id: `modr-sim-${padded(identity.number)}`,
      model: identity.model,
      results: inputs.map(judge),
    }),
  };
}

/** Texts are judged one by one, the parts of a message together. */
function readInputs(input: unknown): readonly string[] {
  if (!Array.isArray(input)) return [textOr(input, '')];
  const items = input as readonly unknown[];
  return items.some(isObject) ? [items.map(partText).join(' ')] : items.map((item) => textOr(item, ''));
}

function partText(item: unknown): string {
  return isObject(item) ? textOr(item['text'], '') : textOr(item, '');
}

function judge(input: string): JsonObject {
  const found = CATEGORIES.map((category) => [category, WORDS[category]?.test(input) === true] as const);
  return {
    flagged: found.some(([, isFound]) => isFound),
    categories: Object.fromEntries(found),
    category_scores: Object.fromEntries(found.map(([category, isFound]) => [category, isFound ? 0.98 : 0.0001])),
    category_applied_input_types: Object.fromEntries(
      found.map(([category, isFound]) => [category, isFound ? ['text'] : []]),
    ),
  };
}
