import { gatewayError } from '@sluice/contract';
import type { JsonObject, Usage } from '@sluice/contract';
import { isJsonObject, parseUpstreamJson } from '@sluice/toolkit';

/** An answer that is a list: embeddings, a ranking. */
export interface ListAnswer {
  readonly model: string;
  readonly rows: readonly JsonObject[];
  readonly usage?: Usage;
}

/** Throws `upstream_invalid_response` for one that is no list, or `upstream_truncated`. `what` names it. */
export function readList(bytes: Uint8Array, what: string): ListAnswer {
  const { model_id: model, results, input_token_count: count } = parseUpstreamJson(bytes);
  if (!Array.isArray(results) || results.length === 0 || !results.every(isJsonObject)) throw notA(what);
  return {
    model: typeof model === 'string' ? model : '',
    rows: results,
    ...(Number.isSafeInteger(count) ? { usage: { inputTokens: Number(count), outputTokens: 0 } } : {}),
  };
}

export function notA(what: string): Error {
  return gatewayError('upstream_invalid_response', { message: `The provider answered something that is no ${what}.` });
}
