import { gatewayError } from '@sluice/contract';
import type { AnswerSummary, Finish, Frame, JsonObject, StreamScanner, Usage } from '@sluice/contract';
import { isJsonObject, parseUpstreamJson, tryParseJson } from './json.js';
import { classifyInBand, isErrorAnswer, readOpenAiError } from './openai-errors.js';
import { createStreamScanner } from './stream-scanner.js';
import type { FrameVerdict, ScanRules } from './stream-scanner.js';
import { asCount } from './tolerant.js';

/** Wire source: npm openai 6.49.0, `resources/responses/responses.d.ts`. */
const OUTPUT_TEXT = /"delta": ?"([^"\\]*(?:\\.[^"\\]*)*)"/;
const INSPECTED = /"type": ?"(?:response\.(?:completed|incomplete|failed|cancelled)|error)"/;
/** No string of an event can hold this: a line end is always escaped there. */
const INSPECTED_LINE = /^event: ?error/;

const NOTHING: FrameVerdict = {};
const CONTENT: FrameVerdict = { content: true };
const TERMINAL: FrameVerdict = { terminal: true };
const UNREADABLE: FrameVerdict = { unreadable: true };
/** Sent before any work is done. */
const PRELUDE: ReadonlySet<unknown> = new Set(['response.created', 'response.in_progress', 'response.queued']);

/**
 * What settling needs of a plain `response`. Throws what a failed one stands for, `upstream_truncated` for one that
 * breaks off, `upstream_invalid_response` for anything else.
 */
export function inspectResponse(bytes: Uint8Array): AnswerSummary {
  const body = parseUpstreamJson(bytes);
  if (body.status === 'failed' || (isErrorAnswer(body) && body.object !== 'response')) {
    throw classifyInBand(readOpenAiError(body));
  }
  if (body.object !== 'response' || !Array.isArray(body.output)) {
    throw gatewayError('upstream_invalid_response', { message: "The provider's answer is not a response." });
  }
  return { ...summarize(body), outputChars: body.output.reduce<number>((sum, item) => sum + charsOf(item), 0) };
}

/** Watches one stream of typed events as it passes: usage, end, failure, first content. */
export function createResponsesScanner(): StreamScanner {
  return createStreamScanner(new ResponseRules());
}

class ResponseRules implements ScanRules {
  readonly marker = new RegExp(`${OUTPUT_TEXT.source}|${INSPECTED.source}|${INSPECTED_LINE.source}`, 'gm');
  #summary: AnswerSummary = {};

  inspect(frame: Frame): FrameVerdict {
    if (frame.data.trim() === '') return NOTHING;
    const payload = tryParseJson(frame.data);
    if (!isJsonObject(payload)) return UNREADABLE;
    const { type, response } = payload;
    if (isJsonObject(response)) this.#summary = { ...this.#summary, ...summarize(response) };
    switch (type) {
      case 'response.completed':
      case 'response.incomplete':
      case 'response.cancelled':
        return TERMINAL;
      case 'response.failed':
        return { failure: classifyInBand(readOpenAiError(response)) };
      case 'error':
        return { failure: classifyInBand(readOpenAiError(payload)) };
      case 'response.output_item.added':
        return opens(payload.item) ? CONTENT : NOTHING;
      default:
        return PRELUDE.has(type) ? NOTHING : CONTENT;
    }
  }

  summary(): AnswerSummary {
    return this.#summary;
  }
}

/** A message or a reasoning is announced before there is a word of it. */
function opens(item: unknown): boolean {
  return isJsonObject(item) && item.type !== 'message' && item.type !== 'reasoning';
}

function summarize(response: JsonObject): AnswerSummary {
  const { model, usage, status, incomplete_details: details, service_tier: serviceTier } = response;
  const counts = readResponsesUsage(usage);
  const finish = toResponsesFinish(status, details);
  return {
    ...(typeof model === 'string' ? { model } : {}),
    ...(counts ? { usage: counts } : {}),
    ...(finish ? { finish } : {}),
    ...(typeof serviceTier === 'string' ? { serviceTier } : {}),
  };
}

function toResponsesFinish(status: unknown, details: unknown): Finish | undefined {
  if (status === 'completed') return { unified: 'stop', raw: 'completed' };
  if (status === 'cancelled') return { unified: 'other', raw: 'cancelled' };
  if (status !== 'incomplete') return undefined;
  const reason = isJsonObject(details) && typeof details.reason === 'string' ? details.reason : 'incomplete';
  return { unified: reason === 'content_filter' ? 'content-filter' : 'length', raw: reason };
}

/** `usage` of a response in the one meaning of the contract; nothing where its counts are no counts. */
export function readResponsesUsage(usage: unknown): Usage | undefined {
  if (!isJsonObject(usage)) return undefined;
  const input = asCount(usage.input_tokens);
  const output = asCount(usage.output_tokens);
  if (input === undefined || output === undefined) return undefined;
  const read = isJsonObject(usage.input_tokens_details) ? usage.input_tokens_details : {};
  const written = isJsonObject(usage.output_tokens_details) ? usage.output_tokens_details : {};
  const cached = asCount(read.cached_tokens);
  const cacheWrite = asCount(read.cache_write_tokens);
  const reasoning = asCount(written.reasoning_tokens);
  return {
    inputTokens: input,
    outputTokens: output,
    ...(cached === undefined ? {} : { cachedInputTokens: cached }),
    ...(cacheWrite === undefined ? {} : { cacheWriteTokens: cacheWrite }),
    ...(reasoning === undefined ? {} : { reasoningTokens: reasoning }),
  };
}

function charsOf(item: unknown): number {
  if (!isJsonObject(item)) return 0;
  const { content, arguments: args, input, summary } = item;
  const parts = [content, summary].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
  const texts = [args, input, ...parts.map((part) => (isJsonObject(part) ? (part.text ?? part.refusal) : ''))];
  return texts.reduce<number>((sum, text) => sum + (typeof text === 'string' ? text.length : 0), 0);
}
