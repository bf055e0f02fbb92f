import type { AssistantPart, ChatResult, JsonObject, TextPart } from '@sluice/contract';
import {
  readGeminiAnswer,
  readGeminiLogprobs,
  readGeminiTier,
  readGeminiUsage,
  readModelPart,
} from '@sluice/toolkit/gemini-wire';
import { createCallIds } from './call-ids.js';
import { placeSources, readSources } from './citations.js';
import type { Source } from './citations.js';

/** A plain answer. Throws what {@link readGeminiAnswer} throws. */
export function decodeChat(bytes: Uint8Array): ChatResult {
  const { body, candidate, parts, finish } = readGeminiAnswer(bytes);
  const id = asText(body.responseId);
  const mintId = createCallIds(id);
  const read = parts.map((part) => readModelPart(part, mintId));
  const usage = readGeminiUsage(body.usageMetadata);
  const logprobs = readGeminiLogprobs(candidate.logprobsResult);
  const serviceTier = readGeminiTier(body.usageMetadata);
  return {
    id,
    model: asText(body.modelVersion),
    content: withCitations(read, readSources(candidate)),
    finish,
    ...(usage ? { usage } : {}),
    ...(logprobs ? { logprobs } : {}),
    ...(serviceTier === undefined ? {} : { serviceTier }),
  };
}

/** Each source goes to the text that it names, or to the first one where it names something else. */
function withCitations(
  read: readonly (AssistantPart | undefined)[],
  sources: readonly Source[],
): readonly AssistantPart[] {
  const first = read.findIndex((part) => part?.type === 'text');
  const placeOf = ({ part }: Source): number => (read[part]?.type === 'text' ? part : first);
  return read.flatMap((part, place): readonly AssistantPart[] => {
    if (part?.type !== 'text') return part ? [part] : [];
    return [
      cited(
        part,
        sources.filter((source) => placeOf(source) === place),
      ),
    ];
  });
}

function cited(part: TextPart, sources: readonly Source[]): TextPart {
  return sources.length === 0 ? part : { ...part, citations: placeSources(sources, part.text) };
}

function asText(value: JsonObject[string]): string {
  return typeof value === 'string' ? value : '';
}
