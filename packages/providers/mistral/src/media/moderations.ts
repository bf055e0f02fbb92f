import type { Feature, ModerationRequest, ModerationResult, Operation } from '@sluice/contract';
import { decodeModeration } from '@sluice/provider-openai-compatible/internal';
import type { Server } from '@sluice/provider-openai-compatible/internal';
import { nativeExtensions, untranslatable } from '@sluice/toolkit';

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
