import { errorRow } from '@sluice/contract';
import type { ErrorCode, GatewayError, WrittenError } from '@sluice/contract';

const TYPES: ReadonlyMap<number, string> = new Map([
  [401, 'authentication_error'],
  [402, 'billing_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [413, 'request_too_large'],
  [429, 'rate_limit_error'],
  [500, 'api_error'],
  [502, 'api_error'],
  [503, 'overloaded_error'],
  [504, 'timeout_error'],
]);
const MAX_RETRY_AFTER_SECONDS = 3_600;

interface ErrorContext {
  readonly requestId: string;
}

/** An error as a plain answer of this dialect. */
export function writeAnthropicError(error: GatewayError, context: ErrorContext): WrittenError {
  const { status } = errorRow(error.code);
  const { allow, headers } = error.details;
  const retryAfter = toRetryAfter(error);
  return {
    status,
    headers: {
      ...headers,
      'content-type': 'application/json; charset=utf-8',
      'request-id': context.requestId,
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      ...(status === 401 ? { 'www-authenticate': 'Bearer realm="sluice"' } : {}),
      ...(allow ? { allow: allow.join(', ') } : {}),
    },
    body: toBody(error, context),
  };
}

/** An error as the last event of a stream. */
export function writeStreamError(error: GatewayError, context: ErrorContext): string {
  return `event: error\ndata: ${toBody(error, context)}\n\n`;
}

function toBody({ code, message, details }: GatewayError, { requestId }: ErrorContext): string {
  const type = TYPES.get(errorRow(code).status) ?? 'invalid_request_error';
  const error = { type, message, code: toShownCode(code, details.upstreamCode) };
  return JSON.stringify({ type: 'error', error, request_id: requestId });
}

function toShownCode(code: ErrorCode, upstreamCode: string | undefined): string {
  return code === 'upstream_rejected' && upstreamCode ? upstreamCode : (errorRow(code).shownAs ?? code);
}

/** Whole seconds, where the status promises them; a budget names them only if its window starts anew. */
function toRetryAfter({ code, details }: GatewayError): number | undefined {
  const { status } = errorRow(code);
  if (status !== 409 && status !== 429 && status !== 503) return undefined;
  if (details.retryAfterMs === undefined) return code === 'insufficient_quota' ? undefined : 1;
  return Math.min(MAX_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(details.retryAfterMs / 1_000)));
}
