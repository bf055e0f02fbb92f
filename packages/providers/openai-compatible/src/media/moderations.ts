import { gatewayError } from '@sluice/contract';
import type {
  AnswerSummary,
  ImagePart,
  JsonObject,
  ModerationRequest,
  ModerationResult,
  ModerationVerdict,
  Operation,
  TextPart,
} from '@sluice/contract';
import { NO_FEATURES, droppedExtensions, extensionsFor, isJsonObject, untranslatable } from '@sluice/toolkit';
import { OPENAI_MODERATIONS, writeImageUrl } from '@sluice/toolkit/openai-wire';
import type { Server } from '../server.js';
import { jsonPassthrough, readAnswer } from './json-passthrough.js';

const PATH = 'moderations';

/** Judgements of texts and images. Source: npm openai 6.49.0, `resources/moderations.d.ts`. */
export function createModerationOperation(server: Server): Operation<ModerationRequest, ModerationResult, never> {
  return {
    features: NO_FEATURES,
    encode(request, target) {
      const input = writeInput(request.inputs);
      const body = JSON.stringify({
        ...extensionsFor(request, OPENAI_MODERATIONS),
        model: server.nameOf(target.model),
        input,
      });
      return {
        request: { method: 'POST', url: server.locate(target, PATH), headers: server.headers.plain, body },
        adjustments: droppedExtensions(request, OPENAI_MODERATIONS),
      };
    },
    decode: decodeModeration,
    passthroughs: [
      jsonPassthrough(server, { dialect: OPENAI_MODERATIONS, path: PATH, rules: {}, inspect: inspectModeration }),
    ],
  };
}

type Parts = readonly (TextPart | ImagePart)[];

/** Several texts are a list of texts; what is judged together is a list of parts, of which there can be one. */
function writeInput(inputs: readonly Parts[]): unknown {
  const [first = [], ...others] = inputs;
  const texts = inputs.map(([only, ...more]) => (only?.type === 'text' && more.length === 0 ? only.text : undefined));
  if (texts.every((text) => text !== undefined)) return texts.length === 1 ? texts[0] : texts;
  if (others.length > 0) throw untranslatable('several inputs of more than one text', 'input');
  return first.map(writePart);
}

function writePart(part: TextPart | ImagePart): JsonObject {
  if (part.type === 'text') return { type: 'text', text: part.text };
  return { type: 'image_url', image_url: { url: writeImageUrl(part.source) } };
}

function readModeration(bytes: Uint8Array): { readonly body: JsonObject; readonly rows: readonly JsonObject[] } {
  const body = readAnswer(bytes);
  const { results } = body;
  if (!Array.isArray(results) || !results.every(isJsonObject)) {
    throw gatewayError('upstream_invalid_response', { message: "The provider's answer is not a list of judgements." });
  }
  return { body, rows: results };
}

/** The judgements of an answer. Throws `upstream_invalid_response`, `upstream_truncated`, or what the answer says of a failure. */
export function decodeModeration(bytes: Uint8Array): ModerationResult {
  const { body, rows } = readModeration(bytes);
  return {
    id: typeof body.id === 'string' ? body.id : '',
    model: typeof body.model === 'string' ? body.model : '',
    verdicts: rows.map(toVerdict),
  };
}

/** Vendors that have no word on the whole flag what any category is true of. */
function toVerdict({ flagged, categories: flags, category_scores: scores }: JsonObject): ModerationVerdict {
  const categories = only(flags, (value) => typeof value === 'boolean');
  return {
    flagged: typeof flagged === 'boolean' ? flagged : Object.values(categories).includes(true),
    categories: categories as Readonly<Record<string, boolean>>,
    scores: only(scores, (value) => typeof value === 'number') as Readonly<Record<string, number>>,
  };
}

function only(record: unknown, wanted: (value: unknown) => boolean): JsonObject {
  return isJsonObject(record) ? Object.fromEntries(Object.entries(record).filter(([, value]) => wanted(value))) : {};
}

function inspectModeration(bytes: Uint8Array): AnswerSummary {
  const { model } = readModeration(bytes).body;
  return typeof model === 'string' ? { model } : {};
}
