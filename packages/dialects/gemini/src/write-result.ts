import type {
  AssistantPart,
  ChatResult,
  Citation,
  Finish,
  JsonObject,
  TokenLogprob,
  Usage,
  WriteContext,
} from '@sluice/contract';
import {
  geminiFields,
  writeFinishReason,
  writeGeminiLogprobs,
  writeGeminiUsage,
  writeModelPart,
} from '@sluice/toolkit/gemini-wire';
import { foreignFields } from './foreign-state.js';

/** The body of `:generateContent`'s answer. */
export function writeGenerateResult(result: ChatResult, context: WriteContext): string {
  const { content, finish, usage, logprobs, model } = result;
  return JSON.stringify(
    writeChunk(
      { parts: content.flatMap(writePart), finish, usage, logprobs, citations: citationsOf(content) },
      { model, responseId: context.answerId },
    ),
  );
}

function citationsOf(content: readonly AssistantPart[]): readonly JsonObject[] {
  const written: JsonObject[] = [];
  let said = '';
  for (const part of content) {
    if (part.type !== 'text' && part.type !== 'refusal') continue;
    const before = said.length;
    said += part.text;
    const { citations = [] } = part.type === 'text' ? part : {};
    for (const citation of citations) written.push(writeCitation(citation, said, before));
  }
  return written;
}

/** What one answer, or one piece of a stream, says. */
export interface Chunk {
  readonly parts: readonly JsonObject[];
  readonly finish?: Finish | undefined;
  readonly usage?: Usage | undefined;
  readonly logprobs?: readonly TokenLogprob[] | undefined;
  readonly citations?: readonly JsonObject[] | undefined;
}
/** What every piece of one answer says. */
export interface Answered {
  readonly model: string;
  readonly responseId: string;
}

/** Shape: npm @google/genai 3.3.0, dist/genai.d.ts, `GenerateContentResponse`. */
export function writeChunk(
  { parts, finish, usage, logprobs, citations }: Chunk,
  { model, responseId }: Answered,
): JsonObject {
  const promptFeedback = geminiFields(finish?.opaque)?.promptFeedback;
  const candidate = {
    content: { parts, role: 'model' },
    ...(finish ? { finishReason: writeFinishReason(finish) } : {}),
    index: 0,
    ...(citations?.length ? { citationMetadata: { citations } } : {}),
    ...(logprobs ? { logprobsResult: writeGeminiLogprobs(logprobs) } : {}),
  };
  // A prompt that was blocked has no candidate, which is how clients of this wire tell.
  const blocked = promptFeedback !== undefined && parts.length === 0;
  return {
    ...(blocked ? {} : { candidates: [candidate] }),
    ...(promptFeedback === undefined ? {} : { promptFeedback }),
    ...(usage ? { usageMetadata: writeGeminiUsage(usage) } : {}),
    modelVersion: model,
    responseId,
  };
}

/**
 * A citation of the text that begins behind `before` characters of all that was said. The wire counts bytes, from the
 * beginning of the answer: https://ai.google.dev/api/generate-content#CitationSource
 */
export function writeCitation({ url, title, range }: Citation, said: string, before: number): JsonObject {
  const bytesTo = (at: number): number => Buffer.byteLength(said.slice(0, before + at));
  return {
    ...(range ? { startIndex: bytesTo(range[0]), endIndex: bytesTo(range[1]) } : {}),
    ...(url === undefined ? {} : { uri: url }),
    ...(title === undefined ? {} : { title }),
  };
}

/** One part of an answer; other vendors' states go along as signatures. */
export function writePart(part: AssistantPart): readonly JsonObject[] {
  const written = writeModelPart(part, { callIds: true });
  const foreign = foreignFields(part);
  if (written) return [{ ...written, ...foreign }];
  if (Object.keys(foreign).length === 0) return [];
  return [{ text: '', ...(part.type === 'reasoning' ? { thought: true } : {}), ...foreign }];
}
