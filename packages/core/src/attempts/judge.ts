import { errorRow, toGatewayError } from '@sluice/contract';
import type { ErrorCode, GatewayError, Permit, Slot } from '@sluice/contract';
import type { Call } from '../call.js';
import type { RetryPolicy } from '../snapshot.js';
import type { Account } from './key-ring.js';
import type { Rests } from './rests.js';

/** Failures that another try at the same target may well mend. The others would only cost time. */
const WORTH_REPEATING: ReadonlySet<string> = new Set(['connection', 'truncated', 'server_error']);

/** What a target answers, or shows, that has too much to do. */
const TOO_MUCH: ReadonlySet<ErrorCode> = new Set(['overloaded', 'upstream_timeout']);

/** What was tried: with which key, and by which circuit's leave. */
export interface Tried {
  readonly account: Account;
  readonly permit: Permit;
  readonly slot: Slot;
  readonly rests: Rests;
}

/**
 * Says of a failure what it means for the target and for the key: the caller's leaving and the request's own faults say
 * nothing. Gives its place back. Returns what the request has failed of.
 */
export function judge(call: Call, failure: GatewayError, { account, permit, slot, rests }: Tried): GatewayError {
  const { signal } = call;
  if (signal.aborted || errorRow(failure.code).retry === 'never') permit.forget();
  else permit.fail(failure);
  if (!signal.aborted && TOO_MUCH.has(failure.code)) slot.noteOverload();
  slot.release();
  if (signal.aborted) return toGatewayError(signal.reason);
  const { retryAfterMs } = failure.details;
  // Without a time it is the circuit of the key that leaves it alone.
  if (failure.code === 'upstream_rate_limited' && retryAfterMs !== undefined)
    rests.begin(account.restName, retryAfterMs);
  return failure;
}

/** Whether the target itself may do better in a moment, or in the time that it named where that is not too long. */
export function isWorthRepeating(
  { code, details }: GatewayError,
  { retryAfterMaxMs }: Pick<RetryPolicy, 'retryAfterMaxMs'>,
): boolean {
  const { failureClass } = errorRow(code);
  if (failureClass === undefined || code === 'upstream_auth_error') return false;
  return WORTH_REPEATING.has(failureClass) && (details.retryAfterMs ?? 0) <= retryAfterMaxMs;
}

/** Whether the target itself was out of order. */
export function isOfTarget({ code }: GatewayError): boolean {
  const { failureClass } = errorRow(code);
  if (failureClass === undefined || code === 'upstream_auth_error') return false;
  return WORTH_REPEATING.has(failureClass) || failureClass === 'timeout';
}

/** Whether the failure was that of the key: another one of the same provider may do. */
export function isOfKey({ code }: GatewayError): boolean {
  return code === 'upstream_auth_error' || code === 'upstream_rate_limited';
}

/** Whether the target limits the gateway, and said for how long. */
export function namesTime({ code, details }: GatewayError): boolean {
  return code === 'upstream_rate_limited' && details.retryAfterMs !== undefined;
}
