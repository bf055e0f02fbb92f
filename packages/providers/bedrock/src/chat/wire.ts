import { isAscii } from 'node:buffer';
import { gatewayError } from '@sluice/contract';
import type { Citation, Finish, FinishReason, JsonObject, Usage, VendorState } from '@sluice/contract';
import { asCount, isJsonObject, toText } from '@sluice/toolkit';
import { redactedState } from '@sluice/toolkit/anthropic-wire';

/** The kind of the state that only this API understands. */
export const CONVERSE = 'bedrock-converse';

/** Called by a model that is to answer by a schema and has no field for one: its arguments are the answer. */
export const ANSWER_TOOL = 'sluice_json_answer';
/** Stands among the tools where the history has calls and none may be made: the API refuses such a history without tools. */
export const NO_TOOL = 'sluice_no_tool';

/** npm @aws-sdk/client-bedrock-runtime 3.1164.0, dist-types/models/enums.d.ts, `StopReason`. */
const FINISH_REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['tool_use', 'tool-calls'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['guardrail_intervened', 'content-filter'],
  ['content_filtered', 'content-filter'],
]);

/**
 * A `stopReason` as a finish. Throws `upstream_invalid_response` for an answer that the model spoilt: another attempt may
 * bring a whole one, and none passes for an answer.
 */
export function toFinish(stopReason: unknown): Finish {
  if (typeof stopReason !== 'string') return { unified: 'other' };
  if (stopReason.startsWith('malformed_')) {
    const message = `The model's output was unusable (${stopReason.slice(0, 64)}).`;
    throw gatewayError('upstream_invalid_response', { message });
  }
  return { unified: FINISH_REASONS.get(stopReason) ?? 'other', raw: stopReason };
}

/** The same finish where the only call was the one of {@link ANSWER_TOOL}. */
export function asAnswered(finish: Finish, calls: number): Finish {
  return finish.unified === 'tool-calls' && calls === 0 ? { ...finish, unified: 'stop' } : finish;
}

/**
 * `usage` of an answer. Its `inputTokens` leave out what came from or went to the prompt cache.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html; npm @ai-sdk/amazon-bedrock 4.0.186,
 * src/convert-bedrock-usage.ts.
 */
export function toUsage(usage: unknown): Usage | undefined {
  if (!isJsonObject(usage)) return undefined;
  const fresh = asCount(usage.inputTokens);
  const output = asCount(usage.outputTokens);
  if (fresh === undefined && output === undefined) return undefined;
  const read = asCount(usage.cacheReadInputTokens);
  const written = asCount(usage.cacheWriteInputTokens);
  const hour = toHourTokens(usage.cacheDetails);
  return {
    inputTokens: (fresh ?? 0) + (read ?? 0) + (written ?? 0),
    outputTokens: output ?? 0,
    ...(read === undefined ? {} : { cachedInputTokens: read }),
    ...(written === undefined ? {} : { cacheWriteTokens: written }),
    ...(hour === undefined ? {} : { cacheWrite1hTokens: hour }),
  };
}

function toHourTokens(details: unknown): number | undefined {
  if (!Array.isArray(details)) return undefined;
  const hour = details.filter(isJsonObject).find(({ ttl }) => ttl === '1h');
  return asCount(hour?.inputTokens);
}

/** A citation, plain or as a stream brings it. */
export function toCitation(wire: JsonObject): Citation {
  const { title, source, sourceContent, location } = wire;
  const web = isJsonObject(location) && isJsonObject(location.web) ? location.web : {};
  const url = toText(web.url) || (/^https?:/.test(toText(source)) ? toText(source) : '');
  const parts = Array.isArray(sourceContent) ? sourceContent.filter(isJsonObject) : [];
  const citedText = parts.map(({ text }) => toText(text)).join('');
  return {
    ...(url === '' ? {} : { url }),
    ...(toText(title) === '' ? {} : { title: toText(title) }),
    ...(citedText === '' ? {} : { citedText }),
    opaque: toState(wire),
  };
}

export function toState(data: unknown): VendorState {
  return { kind: CONVERSE, data };
}

/** The tier that served an answer. */
export function toServiceTier(tier: unknown): { readonly serviceTier?: string } {
  const type = isJsonObject(tier) ? toText(tier.type) : '';
  return type === '' ? {} : { serviceTier: type };
}

/** The model that a prompt router chose; empty where the request named one, for then the answer does not. */
export function toRoutedModel(trace: unknown): string {
  const router = isJsonObject(trace) ? trace.promptRouter : undefined;
  return isJsonObject(router) ? toText(router.invokedModelId) : '';
}

/**
 * Reasoning that the vendor keeps to itself, base64 of what a Claude's own API calls `data`: a text, and good there too.
 * Bytes of another maker stay as they are.
 */
export function toRedactedState(base64: string): VendorState {
  const bytes = Buffer.from(base64, 'base64');
  return isAscii(bytes) ? redactedState(bytes.toString('latin1')) : toState({ redactedContent: base64 });
}

/** The id of the exchange, which no body names. */
export const REQUEST_ID = 'x-amzn-requestid';
