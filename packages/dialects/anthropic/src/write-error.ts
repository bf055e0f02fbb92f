import { errorRow, statusOf } from '@sluice/contract';
import type { ErrorCode, ErrorContext, GatewayError, WrittenError } from '@sluice/contract';
import { writeErrorHeaders } from '@sluice/toolkit';

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

/** An error as a plain answer of this dialect. */
export function writeAnthropicError(error: GatewayError, context: ErrorContext): WrittenError {
  return {
    status: statusOf(error),
    headers: { ...writeErrorHeaders(error), 'request-id': context.requestId },
    body: toBody(error, context),
  };
}

/** An error as the last event of a stream. */
export function writeStreamError(error: GatewayError, context: ErrorContext): string {
  return `event: error\ndata: ${toBody(error, context)}\n\n`;
}

function toBody(failure: GatewayError, { requestId }: ErrorContext): string {
  const { code, message, details } = failure;
  const type = TYPES.get(statusOf(failure)) ?? 'invalid_request_error';
  const error = { type, message, code: toShownCode(code, details.upstreamCode) };
  return JSON.stringify({ type: 'error', error, request_id: requestId });
}

function toShownCode(code: ErrorCode, upstreamCode: string | undefined): string {
  return code === 'upstream_rejected' && upstreamCode ? upstreamCode : (errorRow(code).shownAs ?? code);
}
