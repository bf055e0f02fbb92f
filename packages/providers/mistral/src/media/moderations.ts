import { gatewayError } from '@sluice/contract';
import type {
  Feature,
  JsonObject,
  ModerationRequest,
  ModerationResult,
  ModerationVerdict,
  Operation,
} from '@sluice/contract';
import type { Server } from '@sluice/provider-openai-compatible/internal';
import { isJsonObject, nativeExtensions, parseUpstreamJson, untranslatable } from '@sluice/toolkit';

type Input = ModerationRequest['inputs'][number];

const PATH = 'moderations';
const OWN_FIELDS: ReadonlySet<string> = new Set(['metadata']);

/**
 * Judgements of texts. npm @mistralai/mistralai 2.7.0, esm/models/components/classificationrequest.d.ts,
 * moderationresponse.d.ts: there is no word on the whole, so that a text is flagged where any category is.
 */
export function createModerations(
  { headers, locate, nameOf }: Server,
  features: ReadonlySet<Feature>,
): Operation<ModerationRequest, ModerationResult, never> {
  return {
    features,
    encode(request, target) {
      const { fields, adjustments } = nativeExtensions(request, OWN_FIELDS);
      const body = JSON.stringify({ ...fields, model: nameOf(target.model), input: request.inputs.map(toText) });
      return { request: { method: 'POST', url: locate(target, PATH), headers: headers.plain, body }, adjustments };
    },
    decode: decodeModeration,
  };
}

function toText(parts: Input): string {
  const texts = parts.map((part) => {
    if (part.type === 'text') return part.text;
    throw untranslatable('an image', 'input');
  });
  return texts.join('\n');
}

function decodeModeration(bytes: Uint8Array): ModerationResult {
  const { id, model, results } = parseUpstreamJson(bytes);
  if (!Array.isArray(results) || !results.every(isJsonObject)) {
    throw gatewayError('upstream_invalid_response', { message: "The provider's answer is not a list of judgements." });
  }
  return {
    id: typeof id === 'string' ? id : '',
    model: typeof model === 'string' ? model : '',
    verdicts: results.map(toVerdict),
  };
}

function toVerdict({ categories: flags, category_scores: scores }: JsonObject): ModerationVerdict {
  const categories = only(flags, (value) => typeof value === 'boolean');
  return {
    flagged: Object.values(categories).includes(true),
    categories: categories as Readonly<Record<string, boolean>>,
    scores: only(scores, (value) => typeof value === 'number') as Readonly<Record<string, number>>,
  };
}

function only(record: unknown, wanted: (value: unknown) => boolean): JsonObject {
  return isJsonObject(record) ? Object.fromEntries(Object.entries(record).filter(([, value]) => wanted(value))) : {};
}
