import { gatewayError } from '@sluice/contract';
import type { Finish, FinishReason, GatewayError, JsonObject, TokenLogprob } from '@sluice/contract';
import { isJsonObject, toText } from '@sluice/toolkit';
import { reported } from '../classify.js';

/** npm cohere-ai 8.1.0, `ChatFinishReason`. */
const REASONS: Readonly<Record<string, FinishReason>> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tool-calls',
};

/** Why the answer ended. Words that nobody knows are `other`. */
export function toFinish(reason: unknown): Finish {
  return typeof reason === 'string' && reason !== ''
    ? { unified: REASONS[reason] ?? 'other', raw: reason }
    : { unified: 'other' };
}

/** The failure that a finish reason stands for; passed on, it would look like a good answer. */
export function failureOf({ finish_reason: reason, error }: JsonObject): GatewayError | undefined {
  if (reason === 'TIMEOUT') {
    return gatewayError('upstream_timeout', { message: 'The provider reported that its generation took too long.' });
  }
  return reason === 'ERROR' ? reported({ message: error }) : undefined;
}

/** Arguments come as text, but for tools without any: then as nothing, or as `null`. */
export function toArguments(value: unknown): string {
  const json = toText(value);
  return json.trim() === '' || json.trim() === 'null' ? '{}' : json;
}

/**
 * One chunk of the answer, which may hold several tokens: their probabilities come one by one, their texts together. The
 * chunk then counts as one token, as likely as all of them in a row. npm cohere-ai 8.1.0, `LogprobItem`.
 */
export function readLogprob(item: unknown): readonly TokenLogprob[] {
  if (!isJsonObject(item) || !Array.isArray(item.logprobs)) return [];
  const each = item.logprobs.filter((value): value is number => typeof value === 'number');
  if (each.length === 0) return [];
  return [{ token: toText(item.text), logprob: each.reduce((sum, value) => sum + value, 0), top: [] }];
}
