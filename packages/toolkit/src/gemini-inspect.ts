import { gatewayError } from '@sluice/contract';
import type { AnswerSummary, Finish, GatewayError, JsonObject } from '@sluice/contract';
import { classifyGoogleInBand, readGoogleError } from './gemini-errors.js';
import { readBlock, readFinish, readFinishFailure, toSettled } from './gemini-finish.js';
import { readGeminiTier, readGeminiUsage } from './gemini-usage.js';
import { decodeText, isJsonObject, isNumbers, parseUpstreamJson, tryParseExact } from './json.js';
import { asObjects } from './tolerant.js';

/** A plain answer that was checked to be one. */
export interface GeminiAnswer {
  readonly body: JsonObject;
  /** Absent where the prompt was blocked. */
  readonly candidate: JsonObject;
  readonly parts: readonly JsonObject[];
  readonly finish: Finish;
}

/**
 * Throws `upstream_truncated`, `upstream_invalid_response`, or what an error inside the 200 answer stands for. A prompt
 * that was blocked has an answer without parts that ends as filtered content; no answer and no reason is a failure.
 */
export function readGeminiAnswer(bytes: Uint8Array): GeminiAnswer {
  const body = parseUpstreamJson(bytes, tryParseExact);
  if (isJsonObject(body.error)) throw classifyGoogleInBand(readGoogleError(body));
  const candidate: unknown = Array.isArray(body.candidates) ? body.candidates[0] : undefined;
  const finish = isJsonObject(candidate) ? undefined : readBlock(body);
  if (finish) return { body, candidate: {}, parts: [], finish };
  if (!isJsonObject(candidate)) throw notA('generated answer');
  const failure = readFinishFailure(candidate);
  if (failure) throw failure;
  const parts = partsOf(candidate);
  return { body, candidate, parts, finish: readFinish(candidate, callsTools(parts)) ?? { unified: 'other' } };
}

/** The parts of a candidate; none for one that was cut before it said anything. */
export function partsOf({ content }: JsonObject): readonly JsonObject[] {
  return isJsonObject(content) && Array.isArray(content.parts) ? content.parts.filter(isJsonObject) : [];
}

export function callsTools(parts: readonly JsonObject[]): boolean {
  return parts.some((part) => isJsonObject(part.functionCall));
}

/** What settling needs of a plain answer that passes through. Throws as {@link readGeminiAnswer}. */
export function inspectGenerate(bytes: Uint8Array): AnswerSummary {
  const { body, parts, finish } = readGeminiAnswer(bytes);
  const outputChars = parts.reduce((chars, part) => chars + charsOf(part), 0);
  return { ...summarize(body), finish: toSettled(finish), outputChars };
}

/**
 * What settling needs of a stream in the form of one list, which `:streamGenerateContent` sends to whoever does not ask for
 * events: its items are what the events would be. Throws as {@link readGeminiAnswer}.
 */
export function inspectGenerateList(bytes: Uint8Array): AnswerSummary {
  const list = tryParseExact(decodeText(bytes));
  if (!Array.isArray(list)) return inspectGenerate(bytes);
  const items = list.filter(isJsonObject);
  const parts = items.flatMap(({ candidates }) => asObjects(candidates)).flatMap(partsOf);
  const outputChars = parts.reduce((chars, part) => chars + charsOf(part), 0);
  return { ...summarize(items.findLast(({ usageMetadata }) => usageMetadata !== undefined) ?? {}), outputChars };
}

/** A plain answer of `:embedContent` or `:batchEmbedContents`: its vectors, in the order of the questions. */
export function readGeminiEmbeddings(bytes: Uint8Array): {
  readonly body: JsonObject;
  readonly vectors: readonly (readonly number[])[];
} {
  const body = parseUpstreamJson(bytes);
  if (isJsonObject(body.error)) throw classifyGoogleInBand(readGoogleError(body));
  const found: readonly unknown[] = Array.isArray(body.embeddings) ? body.embeddings : [body.embedding];
  if (found.length === 0) throw notA('list of embeddings');
  return { body, vectors: found.map(toVector) };
}

/** What settling needs of a plain answer with embeddings; throws as {@link readGeminiEmbeddings}. */
export function inspectEmbed(bytes: Uint8Array): AnswerSummary {
  return summarize(readGeminiEmbeddings(bytes).body);
}

/** The tokens that a plain answer of `:countTokens` counted, and the object that says so. */
export function readGeminiCount(bytes: Uint8Array): { readonly body: JsonObject; readonly totalTokens: number } {
  const body = parseUpstreamJson(bytes);
  if (isJsonObject(body.error)) throw classifyGoogleInBand(readGoogleError(body));
  const { totalTokens } = body;
  if (typeof totalTokens !== 'number' || !Number.isSafeInteger(totalTokens)) throw notA('count of tokens');
  return { body, totalTokens };
}

/** A count costs nothing, so there is nothing to settle; throws as {@link readGeminiCount}. */
export function inspectCount(bytes: Uint8Array): AnswerSummary {
  readGeminiCount(bytes);
  return {};
}

function toVector(embedding: unknown): readonly number[] {
  const values: unknown = isJsonObject(embedding) ? embedding.values : undefined;
  if (isNumbers(values)) return values;
  throw notA('list of embeddings');
}

function summarize({ modelVersion, usageMetadata }: JsonObject): AnswerSummary {
  const usage = readGeminiUsage(usageMetadata);
  const serviceTier = readGeminiTier(usageMetadata);
  return {
    ...(typeof modelVersion === 'string' ? { model: modelVersion } : {}),
    ...(usage ? { usage } : {}),
    ...(serviceTier === undefined ? {} : { serviceTier }),
  };
}

function charsOf({ text, functionCall }: JsonObject): number {
  if (typeof text === 'string') return text.length;
  return isJsonObject(functionCall) ? JSON.stringify(functionCall).length : 0;
}

function notA(what: string): GatewayError {
  return gatewayError('upstream_invalid_response', { message: `The provider's answer is not a ${what}.` });
}
