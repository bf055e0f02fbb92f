import { gatewayError } from '@sluice/contract';
import type { GatewayError, JsonObject, UpstreamFailure } from '@sluice/contract';
import { classifyReported, classifyStatus, decodeText, isJsonObject, tryParseJson } from '@sluice/toolkit';
import type { VendorError } from '@sluice/toolkit';
import { readOpenAiError } from '@sluice/toolkit/openai-wire';

/** The status that an error has where it comes as a plain answer. A stream that has begun tells no status. */
const STATUS_OF_WORDS: readonly (readonly [words: RegExp, status: number])[] = [
  [/context[ _-]?(length|window|size)/i, 400],
  [/does not support|invalid/i, 400],
  [/not found/i, 404],
  [/server busy|maximum pending requests/i, 503],
];

/**
 * Any failure in, one error of the table out. Errors are `{"error": "text"}`, also as a line of a stream
 * (https://docs.ollama.com/api/errors); the texts are those of `server/routes.go` of https://github.com/ollama/ollama.
 */
export function classify(failure: UpstreamFailure): GatewayError {
  switch (failure.stage) {
    case 'transport':
      return failure.error;
    case 'status':
      return classifyStatus(failure.head, readOpenAiError(tryParseJson(decodeText(failure.body))));
    case 'in-band':
      return classifyInBand(readOpenAiError(tryParseJson(failure.frame.data)));
  }
}

/** The error that an answer, or one line of it, is in truth. */
export function errorIn(answer: JsonObject): GatewayError | undefined {
  const { error } = answer;
  const isError = (typeof error === 'string' && error !== '') || isJsonObject(error);
  return isError ? classifyInBand(readOpenAiError(answer)) : undefined;
}

export function unusable(message: string): GatewayError {
  return gatewayError('upstream_invalid_response', { message });
}

function classifyInBand(vendor: VendorError): GatewayError {
  const [, status] = STATUS_OF_WORDS.find(([words]) => words.test(vendor.message ?? '')) ?? [];
  return classifyReported(vendor, status);
}
