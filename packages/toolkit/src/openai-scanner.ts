import { gatewayError } from '@sluice/contract';
import type {
  AnswerSummary,
  Finish,
  Frame,
  GatewayError,
  JsonObject,
  RawCall,
  StreamScanner,
  Usage,
} from '@sluice/contract';
import { classifyInBand, isErrorAnswer, readOpenAiError } from './openai-errors.js';
import { isFailedFinish, toFinish } from './openai-finish.js';
import { generationFailed } from './openai-inspect.js';
import { readUsage } from './openai-usage.js';
import { isJsonObject, tryParseJson } from './json.js';
import { createStreamScanner } from './stream-scanner.js';
import type { FrameVerdict, ScanRules } from './stream-scanner.js';

const OUTPUT_TEXT = /"(?:content|reasoning_content|reasoning|refusal|arguments|input)": ?"([^"\\]*(?:\\.[^"\\]*)*)"/;
const INSPECTED =
  /"(?:finish_reason": ?"|usage": ?\{|error": ?[{"]|object": ?"error"|audio": ?\{|reasoning_details": ?\[)/;
const COMPLETION_TEXT = /"text": ?"([^"\\]*(?:\\.[^"\\]*)*)"/;
/** No string of a chunk can hold these: a line end is always escaped there. */
const INSPECTED_LINES = /^(?:data: ?\[DONE\]|event: ?error)/;

const NOTHING: FrameVerdict = {};
const DROPPED: FrameVerdict = { drop: true };
const CONTENT: FrameVerdict = { content: true };
const COMPLETE: FrameVerdict = { complete: true };
const CONTENT_AND_COMPLETE: FrameVerdict = { content: true, complete: true };
const TERMINAL: FrameVerdict = { terminal: true, complete: true };
const UNREADABLE: FrameVerdict = { unreadable: true };

/** What a scanner needs to know of the call. */
export type ScannedCall = Pick<RawCall, 'wire' | 'wantsUsage'>;

/**
 * Watches one stream of chat chunks as it passes: usage, finish reason, failure, first content. It drops the chunk
 * that brings nothing but usage where the caller did not ask for it. A stream that ends after every choice got its
 * finish reason is whole: many servers leave `[DONE]` out, so `end` supplies it.
 */
export function createOpenAiScanner(call: ScannedCall): StreamScanner {
  return createStreamScanner(new ChunkRules(call));
}

/** {@link createOpenAiScanner} for the chunks of a completion, which has one choice or more for each prompt. */
export function createCompletionScanner(call: ScannedCall): StreamScanner {
  return createStreamScanner(new ChunkRules(call, COMPLETION_TEXT));
}

class ChunkRules implements ScanRules {
  readonly marker: RegExp;
  readonly closing = 'data: [DONE]\n\n';
  readonly #wantsUsage: boolean;
  readonly #choices: number;
  readonly #finished = new Set<unknown>();
  #answered = false;
  #model: string | undefined;
  #usage: Usage | undefined;
  #isUsageOdd = false;
  #finish: Finish | undefined;
  #serviceTier: string | undefined;

  constructor({ wire, wantsUsage }: ScannedCall, outputText: RegExp = OUTPUT_TEXT) {
    this.marker = new RegExp(`${outputText.source}|${INSPECTED.source}|${INSPECTED_LINES.source}`, 'gm');
    this.#wantsUsage = wantsUsage;
    this.#choices = (typeof wire.n === 'number' ? wire.n : 1) * promptsOf(wire);
  }

  inspect({ event, data }: Frame): FrameVerdict {
    if (data === '[DONE]') return this.#answered ? TERMINAL : { failure: unanswered() };
    // Some servers keep a connection alive with empty events, on which clients would choke.
    if (data.trim() === '') return DROPPED;
    const chunk = tryParseJson(data);
    if (!isJsonObject(chunk)) return UNREADABLE;
    if (event === 'error' || isErrorAnswer(chunk)) return { failure: classifyInBand(readOpenAiError(chunk)) };
    if (typeof chunk.model === 'string') this.#model = chunk.model;
    if (typeof chunk.service_tier === 'string') this.#serviceTier = chunk.service_tier;
    return this.#inspectChunk(chunk);
  }

  summary(): AnswerSummary {
    return {
      ...(this.#model === undefined ? {} : { model: this.#model }),
      ...(this.#usage ? { usage: this.#usage } : {}),
      ...(!this.#usage && this.#isUsageOdd ? { isUsageOdd: true } : {}),
      ...(this.#finish ? { finish: this.#finish } : {}),
      ...(this.#serviceTier === undefined ? {} : { serviceTier: this.#serviceTier }),
    };
  }

  #inspectChunk(chunk: JsonObject): FrameVerdict {
    const choices = Array.isArray(chunk.choices) ? (chunk.choices as readonly unknown[]) : [];
    this.#usage = readChunkUsage(chunk) ?? this.#usage;
    if (!this.#usage && isJsonObject(chunk.usage)) this.#isUsageOdd = true;
    if (choices.length === 0) return isJsonObject(chunk.usage) && !this.#wantsUsage ? DROPPED : NOTHING;
    this.#answered = true;
    let content = false;
    for (const choice of choices) {
      if (!isJsonObject(choice)) return UNREADABLE;
      content ||= hasContent(choice.delta) || isSomething(choice.text);
      if (typeof choice.finish_reason !== 'string') continue;
      if (isFailedFinish(choice.finish_reason)) return { failure: generationFailed() };
      this.#finish = toFinish(choice.finish_reason);
      this.#finished.add(choice.index);
    }
    if (this.#finished.size < this.#choices) return content ? CONTENT : NOTHING;
    return content ? CONTENT_AND_COMPLETE : COMPLETE;
  }
}

/** A list of numbers is one prompt, in tokens. */
function promptsOf({ prompt }: JsonObject): number {
  return Array.isArray(prompt) && typeof prompt[0] !== 'number' ? Math.max(1, prompt.length) : 1;
}

/** The failure of a stream that is over before it said anything. */
export function unanswered(): GatewayError {
  return gatewayError('upstream_invalid_response', { message: 'The provider ended its stream without an answer.' });
}

/** Usage stands on the chunk itself, in Groq's own field, or on the choice. */
export function readChunkUsage({ usage, x_groq: groq, choices }: JsonObject): Usage | undefined {
  if (isJsonObject(usage)) return readUsage(usage);
  if (isJsonObject(groq)) return readUsage(groq.usage);
  const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
  return isJsonObject(first) ? readUsage(first.usage) : undefined;
}

/** Whether a delta brings anything of the answer; the role alone is none of it. */
function hasContent(delta: unknown): boolean {
  if (!isJsonObject(delta)) return false;
  for (const key in delta) {
    if (key !== 'role' && key !== 'name' && isSomething(delta[key])) return true;
  }
  return false;
}

function isSomething(value: unknown): boolean {
  if (typeof value === 'string' || Array.isArray(value)) return value.length > 0;
  return typeof value === 'object' && value !== null;
}
