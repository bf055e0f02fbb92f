import type { AnswerSummary, Finish, Frame, GatewayError, JsonObject, RawCall, StreamScanner } from '@sluice/contract';
import { classifyGoogleInBand, readGoogleError } from './gemini-errors.js';
import { readBlock, readFinish, readFinishFailure, toSettled } from './gemini-finish.js';
import { callsTools, partsOf } from './gemini-inspect.js';
import { createGeminiUsageMeter, readGeminiTier } from './gemini-usage.js';
import { isJsonObject, tryParseJson } from './json.js';
import { createStreamScanner } from './stream-scanner.js';
import type { FrameVerdict, ScanRules } from './stream-scanner.js';

const OUTPUT_TEXT = /"text": ?"([^"\\]*(?:\\.[^"\\]*)*)"/;
const INSPECTED = /"(?:finishReason": ?"|error": ?\{|blockReason": ?"|functionCall": ?\{|usageMetadata": ?\{)/;
/** What has to be read in a frame behind the first content; all else in it can wait until the answer is settled. */
const URGENT = /"(?:finishReason": ?"|error": ?\{|blockReason": ?"|functionCall": ?\{)/;

const NOTHING: FrameVerdict = {};
const CONTENT: FrameVerdict = { content: true };
/** Nothing more is to come, so there is no use in waiting for words. */
const COMPLETE: FrameVerdict = { content: true, complete: true };
const UNREADABLE: FrameVerdict = { unreadable: true };

/**
 * Watches one stream of `alt=sse` as it passes: usage, finish, failure, first content. The wire has no frame for the end:
 * a stream is whole once every candidate has a finish reason, or the prompt was blocked, and the upstream leaves.
 */
export function createGeminiScanner({ wire }: Pick<RawCall, 'wire'>): StreamScanner {
  const { candidateCount } = isJsonObject(wire.generationConfig) ? wire.generationConfig : {};
  return createStreamScanner(new GenerateRules(typeof candidateCount === 'number' ? candidateCount : 1));
}

class GenerateRules implements ScanRules {
  readonly marker = new RegExp(`${OUTPUT_TEXT.source}|${INSPECTED.source}`, 'gm');
  readonly #meter = createGeminiUsageMeter();
  readonly #candidates: number;
  readonly #finished = new Set<unknown>();
  /** The last frame whose counts nobody has read yet: they are cumulative, so only those of the last one matter. */
  #uncounted: string | undefined;
  #model: string | undefined;
  #finish: Finish | undefined;
  #serviceTier: string | undefined;
  #committed = false;
  #calledTools = false;

  constructor(candidates: number) {
    this.#candidates = candidates;
  }

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
      ...(this.#finish ? { finish: toSettled(this.#finish) } : {}),
      ...(this.#serviceTier === undefined ? {} : { serviceTier: this.#serviceTier }),
    };
  }

  #read(chunk: JsonObject): FrameVerdict {
    this.#count();
    this.#see(chunk.usageMetadata);
    if (typeof chunk.modelVersion === 'string') this.#model = chunk.modelVersion;
    const candidates = Array.isArray(chunk.candidates) ? chunk.candidates.filter(isJsonObject) : [];
    if (candidates.length === 0) return this.#readBlock(chunk);
    let content = false;
    for (const candidate of candidates) {
      const failure = this.#readCandidate(candidate);
      if (failure) return { failure };
      content ||= partsOf(candidate).some(hasContent);
    }
    this.#committed ||= content;
    if (this.#finished.size >= this.#candidates) return COMPLETE;
    return content ? CONTENT : NOTHING;
  }

  #readBlock(chunk: JsonObject): FrameVerdict {
    const finish = readBlock(chunk);
    if (!finish) return NOTHING;
    this.#finish = finish;
    return COMPLETE;
  }

  #readCandidate(candidate: JsonObject): GatewayError | undefined {
    this.#calledTools ||= callsTools(partsOf(candidate));
    const finish = readFinish(candidate, this.#calledTools);
    if (!finish) return undefined;
    this.#finish ??= finish;
    this.#finished.add(candidate.index ?? 0);
    return readFinishFailure(candidate);
  }

  #count(): void {
    const chunk = this.#uncounted === undefined ? undefined : tryParseJson(this.#uncounted);
    this.#uncounted = undefined;
    if (isJsonObject(chunk)) this.#see(chunk.usageMetadata);
  }

  #see(usage: unknown): void {
    this.#meter.see(usage);
    this.#serviceTier = readGeminiTier(usage) ?? this.#serviceTier;
  }
}

/** Whether a part brings anything of the answer; empty text and a signature are none of it. */
function hasContent(part: JsonObject): boolean {
  for (const name in part) {
    if (name === 'text' ? part.text !== '' : name !== 'thought' && name !== 'thoughtSignature') return true;
  }
  return false;
}
