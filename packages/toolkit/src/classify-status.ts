import { gatewayError } from '@sluice/contract';
import type { ErrorCode, ErrorDetails, GatewayError, ResponseHead } from '@sluice/contract';
import { parseRetryAfter } from './retry-after.js';
import { safeMessage } from './safe-message.js';

/** What a vendor's error body says, in no vendor's shape. */
export interface VendorError {
  readonly message?: string | undefined;
  readonly type?: string | undefined;
  readonly code?: string | undefined;
  readonly param?: string | undefined;
}

const CONTEXT_LENGTH = /context[ _-]?(length|window|size)|prompt is too long|maximum context|too many (input )?tokens/i;
/** Words of vendors that refuse a key with a 400, which must not reach the caller as a fault of theirs. */
const CREDENTIALS =
  /(invalid|incorrect|missing|expired)[ _-](\w{1,12} )?api[ _-]?key|api[ _-]?key (is )?(not valid|invalid|incorrect|missing|expired)/i;
const CONTENT_POLICY = /content[ _-]?(policy|filter|management)|(unsafe|sensitive) content|new_sensitive/i;

/**
 * An answer outside 200-299 as an error of the table. Total. The vendor's own words reach the caller only where the
 * request was at fault; what it says about credentials or its own trouble stays inside.
 */
export function classifyStatus(head: ResponseHead, vendor: VendorError): GatewayError {
  const { status } = head;
  const details = { upstreamStatus: status };
  if (status === 429) return limited(head, details);
  if (status === 401 || status === 402 || status === 403)
    return failed('upstream_auth_error', credentials(status), details);
  if (status === 408 || status === 504) return failed('upstream_timeout', `The provider answered ${status}.`, details);
  if (status === 503 || status === 529)
    return failed('overloaded', 'The provider is overloaded.', retryable(head, details));
  // 499: the provider, or a proxy before it, gave up on the request, which was not at fault.
  if (status >= 400 && status < 499) return rejected(status, vendor, details);
  return failed('upstream_invalid_response', `The provider answered ${status}.`, details);
}

/**
 * An error that a vendor reports inside a 200 answer. `status` is what its kind of error has elsewhere, absent where
 * that is not known. Total, and as reticent as {@link classifyStatus}.
 */
export function classifyReported(vendor: VendorError, status = 500): GatewayError {
  const error = classifyStatus({ status, headers: {} }, vendor);
  const message = status < 500 ? error.message : 'The provider reported a failure inside its answer.';
  return gatewayError(error.code, { message, details: { ...error.details, upstreamStatus: 200 } });
}

function rejected(status: number, vendor: VendorError, details: ErrorDetails): GatewayError {
  const message = safeMessage(vendor.message) ?? `The provider refused the request with ${status}.`;
  const named = { ...details, ...(vendor.param ? { param: vendor.param } : {}) };
  const hints = `${vendor.code ?? ''} ${vendor.type ?? ''} ${vendor.message ?? ''}`;
  if (CREDENTIALS.test(hints)) return failed('upstream_auth_error', credentials(status), details);
  if (status === 404) return failed('upstream_model_not_found', message, named);
  if (status === 413) return failed('request_too_large', message, named);
  if (CONTEXT_LENGTH.test(hints)) return failed('context_length_exceeded', message, named);
  if (CONTENT_POLICY.test(hints)) return failed('content_policy_violation', message, named);
  return failed('upstream_rejected', message, vendor.code ? { ...named, upstreamCode: vendor.code } : named);
}

function limited(head: ResponseHead, details: ErrorDetails): GatewayError {
  return failed('upstream_rate_limited', 'The provider limits the requests of this gateway.', retryable(head, details));
}

function retryable(head: ResponseHead, details: ErrorDetails): ErrorDetails {
  const retryAfterMs = parseRetryAfter(head);
  return retryAfterMs === undefined ? details : { ...details, retryAfterMs };
}

function credentials(status: number): string {
  return status === 402
    ? "The gateway's account at the provider has no credit."
    : "The provider refused the gateway's credentials.";
}

function failed(code: ErrorCode, message: string, details: ErrorDetails): GatewayError {
  return gatewayError(code, { message, details });
}
