import { gatewayError } from '@sluice/contract';
import type { GatewayError, JsonObject, UpstreamFailure } from '@sluice/contract';
import { classifyReported, classifyStatus, isJsonObject, tryParseJson } from '@sluice/toolkit';
import { parseOpenAiError, readOpenAiError } from '@sluice/toolkit/openai-wire';

/** Cohere's own status for a token that is no good. */
const INVALID_TOKEN = 498;

/**
 * Any failure in, one error of the table out. Errors are `{"message": "text"}`, with an `id` or without.
 * https://docs.cohere.com/reference/errors and `cohere-openapi.yaml` of
 * https://github.com/cohere-ai/cohere-developer-experience
 */
export function classify(failure: UpstreamFailure): GatewayError {
  switch (failure.stage) {
    case 'transport':
      return failure.error;
    case 'status': {
      const { head, body } = failure;
      return classifyStatus(head.status === INVALID_TOKEN ? { ...head, status: 401 } : head, parseOpenAiError(body));
    }
    case 'in-band':
      return reported(tryParseJson(failure.frame.data));
  }
}

/** An error inside a 200 answer, which tells no status. */
export function reported(body: unknown): GatewayError {
  const vendor = readOpenAiError(body);
  return classifyReported(vendor, /too many tokens|invalid request/i.test(vendor.message ?? '') ? 400 : undefined);
}

/** What an answer is in truth that is none of the wanted form. */
export function notA(what: string, body: JsonObject): GatewayError {
  if (typeof body.message === 'string' || isJsonObject(body.error)) return reported(body);
  return unusable(`The provider's answer is not a ${what}.`);
}

export function unusable(message: string): GatewayError {
  return gatewayError('upstream_invalid_response', { message });
}
