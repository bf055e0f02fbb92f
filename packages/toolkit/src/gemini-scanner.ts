import type { AnswerSummary, Finish, Frame, JsonObject, StreamScanner } from '@sluice/contract';
import { classifyGoogleInBand, readGoogleError } from './gemini-errors.js';
import { readBlock, readFinish, readFinishFailure } from './gemini-finish.js';
import { callsTools, partsOf } from './gemini-inspect.js';
import { createGeminiUsageMeter } from './gemini-usage.js';
import { isJsonObject, tryParseJson } from './json.js';
import { createStreamScanner } from './stream-scanner.js';
import type { FrameVerdict, ScanRules } from './stream-scanner.js';

const OUTPUT_TEXT = /"text": ?"([^"\\]*(?:\\.[^"\\]*)*)"/;
const INSPECTED = /"(?:finishReason": ?"|error": ?\{|blockReason": ?"|functionCall": ?\{|usageMetadata": ?\{)/;
/** What has to be read in a frame behind the first content; all else in it can wait until the answer is settled. */
const URGENT = /"(?:finishReason": ?"|error": ?\{|blockReason": ?"|functionCall": ?\{)/;

const NOTHING: FrameVerdict = {};
const CONTENT: FrameVerdict = { content: true };
const COMPLETE: FrameVerdict = { complete: true };
const CONTENT_AND_COMPLETE: FrameVerdict = { content: true, complete: true };
const UNREADABLE: FrameVerdict = { unreadable: true };

/**
 * Watches one stream of `alt=sse` as it passes: usage, finish, failure, first content. The wire has no frame for the end:
 * a stream is whole once its candidate has a finish reason, or its prompt was blocked, and the upstream leaves.
 */
export function createGeminiScanner(): StreamScanner {
  return createStreamScanner(new GenerateRules());
}

class GenerateRules implements ScanRules {
  readonly marker = new RegExp(`${OUTPUT_TEXT.source}|${INSPECTED.source}`, 'gm');
  readonly #meter = createGeminiUsageMeter();
  /** The last frame whose counts nobody has read yet: they are cumulative, so only those of the last one matter. */
  #uncounted: string | undefined;
  #model: string | undefined;
  #finish: Finish | undefined;
  #committed = false;
  #calledTools = false;

  inspect({ data }: Frame): FrameVerdict {
    if (this.#committed && !URGENT.test(data)) {
      this.#uncounted = data;
      return CONTENT;
    }
    if (data.trim() === '') return NOTHING;
    const chunk = tryParseJson(data);
    if (!isJsonObject(chunk)) return UNREADABLE;
    if (isJsonObject(chunk.error)) return { failure: classifyGoogleInBand(readGoogleError(chunk)) };
    return this.#read(chunk);
  }

  summary(): AnswerSummary {
    this.#count();
    const usage = this.#meter.usage();
    return {
      ...(this.#model === undefined ? {} : { model: this.#model }),
      ...(usage ? { usage } : {}),
      ...(this.#finish ? { finish: this.#finish } : {}),
    };
  }

  #read(chunk: JsonObject): FrameVerdict {
    this.#count();
    this.#meter.see(chunk.usageMetadata);
    if (typeof chunk.modelVersion === 'string') this.#model = chunk.modelVersion;
    const candidate: unknown = Array.isArray(chunk.candidates) ? chunk.candidates[0] : undefined;
    if (!isJsonObject(candidate)) {
      this.#finish = readBlock(chunk) ?? this.#finish;
      return this.#finish ? COMPLETE : NOTHING;
    }
    const failure = readFinishFailure(candidate);
    if (failure) return { failure };
    const parts = partsOf(candidate);
    this.#calledTools ||= callsTools(parts);
    this.#finish = readFinish(candidate, this.#calledTools) ?? this.#finish;
    const content = parts.some(hasContent);
    this.#committed ||= content;
    if (!this.#finish) return content ? CONTENT : NOTHING;
    return content ? CONTENT_AND_COMPLETE : COMPLETE;
  }

  #count(): void {
    const chunk = this.#uncounted === undefined ? undefined : tryParseJson(this.#uncounted);
    this.#uncounted = undefined;
    if (isJsonObject(chunk)) this.#meter.see(chunk.usageMetadata);
  }
}

/** Whether a part brings anything of the answer; empty text and a signature are none of it. */
function hasContent(part: JsonObject): boolean {
  for (const name in part) {
    if (name === 'text' ? part.text !== '' : name !== 'thought' && name !== 'thoughtSignature') return true;
  }
  return false;
}
