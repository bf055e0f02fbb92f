import { gatewayError } from '@sluice/contract';
import type { Finish, FinishReason, GatewayError, JsonObject } from '@sluice/contract';
import { classifyReported } from './classify-status.js';
import { geminiState } from './gemini-shapes.js';
import { isJsonObject } from './json.js';

/** Reasons: npm @google/genai 3.3.0, dist/genai.d.ts, `FinishReason`. Those that are missing here are `other`. */
const UNIFIED: ReadonlyMap<string, FinishReason> = new Map([
  ['STOP', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['CONTINUATION', 'length'],
  ['SAFETY', 'content-filter'],
  ['RECITATION', 'content-filter'],
  ['LANGUAGE', 'content-filter'],
  ['BLOCKLIST', 'content-filter'],
  ['PROHIBITED_CONTENT', 'content-filter'],
  ['SPII', 'content-filter'],
  ['MODEL_ARMOR', 'content-filter'],
  ['ESCALATION', 'content-filter'],
  ['IMAGE_SAFETY', 'content-filter'],
  ['IMAGE_PROHIBITED_CONTENT', 'content-filter'],
  ['IMAGE_RECITATION', 'content-filter'],
]);

/** Reasons with which a generation breaks. Passed on, it would look like a good answer that happens to be short. */
const FAILED: ReadonlySet<string> = new Set([
  'MALFORMED_FUNCTION_CALL',
  'MALFORMED_RESPONSE',
  'UNEXPECTED_TOOL_CALL',
  'TOO_MANY_TOOL_CALLS',
  'MISSING_THOUGHT_SIGNATURE',
  'NO_IMAGE',
  'IMAGE_OTHER',
  'OTHER',
]);

const WORDS: Readonly<Record<FinishReason, string>> = {
  stop: 'STOP',
  'tool-calls': 'STOP',
  length: 'MAX_TOKENS',
  'content-filter': 'SAFETY',
  other: 'OTHER',
};

/** Why a candidate ended. Nothing while it has not; one that called functions ends with `STOP` like any other. */
export function readFinish({ finishReason: raw, finishMessage }: JsonObject, calledTools: boolean): Finish | undefined {
  if (typeof raw !== 'string') return undefined;
  const unified = UNIFIED.get(raw) ?? 'other';
  // Of a good end the vendor says no more than that it was one.
  if (unified === 'stop') return { unified: calledTools ? 'tool-calls' : 'stop', raw };
  return { unified, raw, ...(typeof finishMessage === 'string' ? { opaque: geminiState({ finishMessage }) } : {}) };
}

/** The failure that a candidate's finish reason tells of: a generation that broke, an account that was shut. */
export function readFinishFailure({ finishReason: raw }: JsonObject): GatewayError | undefined {
  if (typeof raw !== 'string') return undefined;
  if (raw === 'PUP_LIMITED_DISABLED') return classifyReported({ type: raw }, 403);
  if (!FAILED.has(raw)) return undefined;
  const message = `The provider reported that its generation failed: ${raw}.`;
  return gatewayError('upstream_invalid_response', { message });
}

/** The end of an answer that never began because its prompt was blocked; nothing where it was not. */
export function readBlock({ promptFeedback }: JsonObject): Finish | undefined {
  if (!isJsonObject(promptFeedback) || typeof promptFeedback.blockReason !== 'string') return undefined;
  return { unified: 'content-filter', raw: promptFeedback.blockReason, opaque: geminiState({ promptFeedback }) };
}

/** A finish as far as settling needs it: what only the vendor understands passes through as bytes. */
export function toSettled(finish: Finish): Finish {
  const { unified, raw } = finish;
  return raw === undefined ? { unified } : { unified, raw };
}

/** The vendor's own word where the finish came from this wire, else the nearest. */
export function writeFinishReason({ unified, raw = '' }: Finish): string {
  const own = UNIFIED.get(raw);
  return own === unified || (own === 'stop' && unified === 'tool-calls') ? raw : WORDS[unified];
}
