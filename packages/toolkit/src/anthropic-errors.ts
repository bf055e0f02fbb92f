import type { GatewayError } from '@sluice/contract';
import { classifyReported } from './classify-status.js';
import type { VendorError } from './classify-status.js';
import { isJsonObject } from './json.js';

/** The status that the vendor sends with each of its error types. https://platform.claude.com/docs/en/api/errors */
const STATUS_OF_TYPE: ReadonlyMap<string, number> = new Map([
  ['invalid_request_error', 400],
  ['authentication_error', 401],
  ['billing_error', 402],
  ['permission_error', 403],
  ['not_found_error', 404],
  ['conflict_error', 409],
  ['request_too_large', 413],
  ['rate_limit_error', 429],
  ['api_error', 500],
  ['timeout_error', 504],
  ['overloaded_error', 529],
]);

/** What an error body says, `{"type":"error","error":{...}}`; empty for anything else. */
export function readAnthropicError(body: unknown): VendorError {
  const error = isJsonObject(body) ? body.error : undefined;
  if (!isJsonObject(error)) return {};
  const details = isJsonObject(error.details) ? error.details : {};
  return { type: asText(error.type), message: asText(error.message), code: asText(details.error_code) };
}

/** An error inside a 200 answer, judged by the status that its type has elsewhere. */
export function classifyInBand(vendor: VendorError): GatewayError {
  return classifyReported(vendor, STATUS_OF_TYPE.get(vendor.type ?? ''));
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
