import type {
  ImagePart,
  JsonDialect,
  JsonObject,
  ModerationRequest,
  ModerationResult,
  ParsedCall,
  TextPart,
} from '@sluice/contract';
import { UNSAFE_URL, isSafeImageUrl } from '@sluice/toolkit';
import { OPENAI_MODERATIONS, readImageUrl } from '@sluice/toolkit/openai-wire';
import { z } from 'zod';
import { checkBody, fieldsBeside } from '../check-body.js';
import { modelName } from '../model-name.js';
import { ERRORS, PLAIN } from './plain-call.js';

/** What OpenAI takes where the caller names no model. https://developers.openai.com/api/reference/resources/moderations */
const DEFAULT_MODEL = 'omni-moderation-latest';

const part = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text'), text: z.string() }),
  z.looseObject({
    type: z.literal('image_url'),
    image_url: z.looseObject({ url: z.string().min(1).refine(isSafeImageUrl, UNSAFE_URL) }),
  }),
]);

/** The body of `POST /v1/moderations`. Source: npm openai 6.49.0, `resources/moderations.d.ts`. */
export const moderationsRequestSchema = z.looseObject({
  model: modelName.optional(),
  input: z.union([z.string(), z.array(z.string()).min(1), z.array(part).min(1)]),
});
type ModerationsWire = z.infer<typeof moderationsRequestSchema>;

const TRANSLATED: ReadonlySet<string> = new Set(['model', 'input']);

/** `POST /v1/moderations`. */
export const openAiModerations: JsonDialect<ModerationRequest, ModerationResult, never> = {
  id: OPENAI_MODERATIONS,
  parse(body): ParsedCall<ModerationRequest> {
    const wire = checkBody(body, moderationsRequestSchema);
    const toRequest = (): ModerationRequest => toModerationRequest(wire);
    return { ...PLAIN, model: wire.model ?? DEFAULT_MODEL, wire: body as JsonObject, toRequest };
  },
  writeResult: ({ id, model, verdicts }) =>
    JSON.stringify({
      id,
      model,
      results: verdicts.map(({ flagged, categories, scores }) => ({ flagged, categories, category_scores: scores })),
    }),
  ...ERRORS,
};

function toModerationRequest(wire: ModerationsWire): ModerationRequest {
  const fields = fieldsBeside(wire, TRANSLATED);
  return { inputs: toInputs(wire.input), ...(fields ? { extensions: { dialect: OPENAI_MODERATIONS, fields } } : {}) };
}

/** Texts are judged one by one, parts together. */
function toInputs(input: ModerationsWire['input']): ModerationRequest['inputs'] {
  if (typeof input === 'string') return [[{ type: 'text', text: input }]];
  if (input.every((one) => typeof one === 'string')) return input.map((text) => [{ type: 'text', text }]);
  return [input.filter((one) => typeof one !== 'string').map(toPart)];
}

function toPart(given: z.infer<typeof part>): TextPart | ImagePart {
  if (given.type === 'text') return { type: 'text', text: given.text };
  return { type: 'image', source: readImageUrl(given.image_url.url) };
}
