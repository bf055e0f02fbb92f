import { gatewayError } from '@sluice/contract';
import type { AnswerSummary, GatewayError, JsonObject } from '@sluice/contract';
import { classifyInBand, isErrorAnswer, readOpenAiError } from './openai-errors.js';
import { isFailedFinish, toFinish } from './openai-finish.js';
import { readUsage } from './openai-usage.js';
import { isJsonObject, parseUpstreamJson, tryParseExact, tryParseJson } from './json.js';
import type { Writable } from './writable.js';

/** A chat answer that is one: its first choice beside the whole. */
export interface ChatAnswer {
  readonly body: JsonObject;
  readonly choice: JsonObject;
  readonly message: JsonObject;
}

const OBJECT_ARGUMENTS = /"arguments": ?\{/;

/**
 * The text of an answer or of one of its events as a JSON value, nothing where it is not JSON. Its numbers are exact where
 * arguments of tools stand in it as an object, which no server of the dialect should write and some do.
 */
export function tryParseAnswer(text: string): unknown {
  return OBJECT_ARGUMENTS.test(text) ? tryParseExact(text) : tryParseJson(text);
}

/**
 * Parses a plain chat answer. Throws `upstream_truncated` for one that breaks off, the error that it holds, or
 * `upstream_invalid_response` for anything that is no chat answer, and for a generation that failed.
 */
export function readChatAnswer(bytes: Uint8Array): ChatAnswer {
  const body = parseUpstreamJson(bytes, tryParseAnswer);
  if (isErrorAnswer(body)) throw classifyInBand(readOpenAiError(body));
  const choice: unknown = Array.isArray(body.choices) ? body.choices[0] : undefined;
  if (!isJsonObject(choice) || !isJsonObject(choice.message)) throw notA('chat completion');
  if (typeof choice.finish_reason === 'string' && isFailedFinish(choice.finish_reason)) throw generationFailed();
  return { body, choice, message: choice.message };
}

/** Parses a plain embeddings answer; throws as {@link readChatAnswer} does. */
export function readEmbeddingsAnswer(bytes: Uint8Array): {
  readonly body: JsonObject;
  readonly rows: readonly JsonObject[];
} {
  const body = parseUpstreamJson(bytes);
  if (isErrorAnswer(body)) throw classifyInBand(readOpenAiError(body));
  const rows: unknown = body.data;
  if (!Array.isArray(rows) || rows.length === 0 || !rows.every(isEmbedding)) throw notA('list of embeddings');
  return { body, rows };
}

/** What settling needs of a plain chat answer; throws as {@link readChatAnswer} does. */
export function inspectChat(bytes: Uint8Array): AnswerSummary {
  const { body, choice, message } = readChatAnswer(bytes);
  const { finish_reason: reason } = choice;
  const summary: Writable<AnswerSummary> = { ...summarize(body), outputChars: countOutput(message) };
  if (typeof reason === 'string') summary.finish = toFinish(reason);
  return summary;
}

/** What settling needs of a plain completion; throws as {@link readChatAnswer} does. */
export function inspectCompletion(bytes: Uint8Array): AnswerSummary {
  const body = parseUpstreamJson(bytes);
  if (isErrorAnswer(body)) throw classifyInBand(readOpenAiError(body));
  const choices: readonly unknown[] = Array.isArray(body.choices) ? body.choices : [];
  const summary: Writable<AnswerSummary> = summarize(body);
  let outputChars = 0;
  for (const choice of choices) {
    if (!isJsonObject(choice) || typeof choice.text !== 'string') throw notA('completion');
    outputChars += choice.text.length;
    const { finish_reason: reason } = choice;
    if (typeof reason !== 'string') continue;
    if (isFailedFinish(reason)) throw generationFailed();
    summary.finish = toFinish(reason);
  }
  if (choices.length === 0) throw notA('completion');
  summary.outputChars = outputChars;
  return summary;
}

/** What settling needs of a plain embeddings answer; throws as {@link readChatAnswer} does. */
export function inspectEmbeddings(bytes: Uint8Array): AnswerSummary {
  return summarize(readEmbeddingsAnswer(bytes).body);
}

/** The failure of a generation whose finish reason says that it broke. */
export function generationFailed(): GatewayError {
  return gatewayError('upstream_invalid_response', { message: 'The provider reported that its generation failed.' });
}

function notA(what: string): GatewayError {
  return gatewayError('upstream_invalid_response', { message: `The provider's answer is not a ${what}.` });
}

function isEmbedding(row: unknown): row is JsonObject {
  return isJsonObject(row) && (Array.isArray(row.embedding) || typeof row.embedding === 'string');
}

function summarize({ model, usage, service_tier: serviceTier }: JsonObject): AnswerSummary {
  const counts = readUsage(usage);
  const summary: Writable<AnswerSummary> = {};
  if (typeof model === 'string') summary.model = model;
  if (counts) summary.usage = counts;
  else if (isJsonObject(usage)) summary.isUsageOdd = true;
  if (typeof serviceTier === 'string') summary.serviceTier = serviceTier;
  return summary;
}

function countOutput(message: JsonObject): number {
  const { content, reasoning_content: reasoning, refusal, tool_calls: calls } = message;
  let chars = length(content) + length(reasoning ?? message.reasoning) + length(refusal);
  for (const call of Array.isArray(calls) ? (calls as readonly unknown[]) : []) {
    if (isJsonObject(call) && isJsonObject(call.function)) chars += length(call.function.arguments);
  }
  return chars;
}

function length(value: unknown): number {
  return typeof value === 'string' ? value.length : 0;
}
