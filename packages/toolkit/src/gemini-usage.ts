import type { JsonObject, Usage } from '@sluice/contract';
import { isJsonObject } from './json.js';

/**
 * Counts of `usageMetadata`, both ways. Thoughts are counted beside the candidates, what the vendor's own tools read
 * beside the prompt; what came from a cache is part of the prompt. Shape: npm @google/genai 3.3.0, dist/genai.d.ts,
 * `GenerateContentResponseUsageMetadata`.
 */

/** Adds up what one answer says of its usage, once or in several frames. */
export interface GeminiUsageMeter {
  /** Takes a `usageMetadata` as it came; what is no count is passed over. */
  see(usage: unknown): void;
  /** Nothing until a count of the prompt or of the answer was seen. */
  usage(): Usage | undefined;
}

/** Counts in a stream are cumulative, may be left out again, and are put right at the end: the last of each counts. */
export function createGeminiUsageMeter(): GeminiUsageMeter {
  return new Meter();
}

class Meter implements GeminiUsageMeter {
  #prompt: number | undefined;
  #tools: number | undefined;
  #cached: number | undefined;
  #candidates: number | undefined;
  #thoughts: number | undefined;
  #audioIn: number | undefined;
  #audioOut: number | undefined;

  see(usage: unknown): void {
    if (!isJsonObject(usage)) return;
    this.#prompt = latest(this.#prompt, usage.promptTokenCount);
    this.#tools = latest(this.#tools, usage.toolUsePromptTokenCount);
    this.#cached = latest(this.#cached, usage.cachedContentTokenCount);
    this.#candidates = latest(this.#candidates, usage.candidatesTokenCount);
    this.#thoughts = latest(this.#thoughts, usage.thoughtsTokenCount);
    this.#audioIn = latest(this.#audioIn, audioOf(usage.promptTokensDetails));
    this.#audioOut = latest(this.#audioOut, audioOf(usage.candidatesTokensDetails));
  }

  usage(): Usage | undefined {
    if (this.#prompt === undefined && this.#candidates === undefined) return undefined;
    return {
      inputTokens: (this.#prompt ?? 0) + (this.#tools ?? 0),
      outputTokens: (this.#candidates ?? 0) + (this.#thoughts ?? 0),
      ...(this.#cached === undefined ? {} : { cachedInputTokens: this.#cached }),
      ...(this.#thoughts === undefined ? {} : { reasoningTokens: this.#thoughts }),
      ...(this.#audioIn === undefined ? {} : { audioInputTokens: this.#audioIn }),
      ...(this.#audioOut === undefined ? {} : { audioOutputTokens: this.#audioOut }),
    };
  }
}

/** {@link createGeminiUsageMeter} for a plain answer. */
export function readGeminiUsage(usage: unknown): Usage | undefined {
  const meter = createGeminiUsageMeter();
  meter.see(usage);
  return meter.usage();
}

/** The gateway's words for the traffic that Vertex AI counts an answer as. Genai's `TrafficType`. */
const TIER_OF_TRAFFIC: ReadonlyMap<unknown, string> = new Map([
  ['ON_DEMAND', 'default'],
  ['ON_DEMAND_PRIORITY', 'priority'],
  ['ON_DEMAND_FLEX', 'flex'],
]);

/** The tier that served an answer, in the gateway's word for the standard one. */
export function readGeminiTier(usage: unknown): string | undefined {
  const { serviceTier: tier, trafficType } = isJsonObject(usage) ? usage : {};
  if (typeof tier === 'string') return tier === 'standard' ? 'default' : tier;
  return TIER_OF_TRAFFIC.get(trafficType);
}

/** Usage as this wire's clients read it. */
export function writeGeminiUsage(usage: Usage): JsonObject {
  const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens, audioInputTokens, audioOutputTokens } = usage;
  return {
    promptTokenCount: inputTokens,
    candidatesTokenCount: Math.max(0, outputTokens - (reasoningTokens ?? 0)),
    totalTokenCount: inputTokens + outputTokens,
    ...(cachedInputTokens === undefined ? {} : { cachedContentTokenCount: cachedInputTokens }),
    ...(reasoningTokens === undefined ? {} : { thoughtsTokenCount: reasoningTokens }),
    ...(audioInputTokens === undefined ? {} : { promptTokensDetails: audioDetails(inputTokens, audioInputTokens) }),
    ...(audioOutputTokens === undefined
      ? {}
      : { candidatesTokensDetails: audioDetails(outputTokens - (reasoningTokens ?? 0), audioOutputTokens) }),
  };
}

function audioDetails(all: number, audio: number): readonly JsonObject[] {
  return [
    { modality: 'TEXT', tokenCount: Math.max(0, all - audio) },
    { modality: 'AUDIO', tokenCount: audio },
  ];
}

function audioOf(details: unknown): unknown {
  if (!Array.isArray(details)) return undefined;
  const audio: unknown = details.find((detail) => isJsonObject(detail) && detail.modality === 'AUDIO');
  return isJsonObject(audio) ? audio.tokenCount : undefined;
}

function latest(seen: number | undefined, count: unknown): number | undefined {
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : seen;
}
