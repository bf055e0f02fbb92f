import type { AssistantPart, ChatResult, JsonObject } from '@sluice/contract';
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

/** Each source goes to the text that it names or begins in, or to the first one where it names something else. */
function withCitations(
  read: readonly (AssistantPart | undefined)[],
  sources: readonly Source[],
): readonly AssistantPart[] {
  if (sources.length === 0) return read.filter((part) => part !== undefined);
  const texts = toTexts(read);
  return read.flatMap((part, place): readonly AssistantPart[] => {
    if (part?.type !== 'text') return part ? [part] : [];
    const own = sources.filter((source) => placeOf(source, texts) === place);
    const before = texts.find((text) => text.place === place)?.before ?? 0;
    return [own.length === 0 ? part : { ...part, citations: placeSources(own, part.text, before) }];
  });
}

/** A text among the parts, and how many bytes of text stand before it. */
interface PlacedText {
  readonly place: number;
  readonly before: number;
}

function toTexts(read: readonly (AssistantPart | undefined)[]): readonly PlacedText[] {
  const texts: PlacedText[] = [];
  let before = 0;
  for (const [place, part] of read.entries()) {
    if (part?.type !== 'text') continue;
    texts.push({ place, before });
    before += Buffer.byteLength(part.text);
  }
  return texts;
}

function placeOf({ part, bytes }: Source, texts: readonly PlacedText[]): number | undefined {
  const named =
    part === undefined
      ? texts.findLast(({ before }) => before <= (bytes?.[0] ?? 0))
      : texts.find(({ place }) => place === part);
  return (named ?? texts[0])?.place;
}

function asText(value: JsonObject[string]): string {
  return typeof value === 'string' ? value : '';
}
