import { errorRow, toGatewayError } from '@sluice/contract';
import type { GatewayError, Permit } from '@sluice/contract';
import type { Call } from '../call.js';
import type { Account } from './key-ring.js';
import type { Rests } from './rests.js';

/** Failures that another try at the same target may well mend. The others would only cost time. */
const WORTH_REPEATING: ReadonlySet<string> = new Set(['connection', 'truncated', 'server_error']);

/** How long a target is left alone that limits the gateway and does not say, usably, for how long. */
const DEFAULT_REST_MS = 5_000;
/** How long a key is left alone that was refused. */
const REFUSED_REST_MS = 60_000;
const FORBIDDEN = 403;

/** What was tried: with which key, and by which circuit's leave. */
export interface Tried {
  readonly account: Account;
  readonly permit: Permit;
  readonly rests: Rests;
}

/**
 * Says of a failure what it means for the target and for the key: the caller's leaving and the request's own faults say
 * nothing. Returns what the request has failed of.
 */
export function judge(call: Call, failure: GatewayError, { account, permit, rests }: Tried): GatewayError {
  const { signal } = call;
  if (signal.aborted || errorRow(failure.code).retry === 'never') permit.forget();
  else permit.fail(failure);
  if (signal.aborted) return toGatewayError(signal.reason);
  restAfter(failure, account, rests);
  return failure;
}

/** Whether the target itself may do better in a moment. One that named a time is not asked before. */
export function isWorthRepeating({ code, details }: GatewayError): boolean {
  const { failureClass } = errorRow(code);
  if (failureClass === undefined || code === 'upstream_auth_error') return false;
  return WORTH_REPEATING.has(failureClass) && details.retryAfterMs === undefined;
}

/** Whether the failure was that of the key: another one of the same provider may do. */
export function isOfKey({ code }: GatewayError): boolean {
  return code === 'upstream_auth_error' || code === 'upstream_rate_limited';
}

/**
 * Leaves a key alone after what it was told. A limit, or a 403, may be for one model only, and then callers that ask for
 * it must not put the key out of use for the others.
 */
function restAfter({ code, details }: GatewayError, { keyName, restName }: Account, rests: Rests): void {
  if (code === 'upstream_rate_limited') {
    const { retryAfterMs } = details;
    rests.begin(restName, { ms: retryAfterMs ?? DEFAULT_REST_MS, firm: retryAfterMs !== undefined });
  } else if (code === 'upstream_auth_error') {
    const name = details.upstreamStatus === FORBIDDEN ? restName : keyName;
    rests.begin(name, { ms: REFUSED_REST_MS, firm: false });
  }
}

/** A key has worked, so what the gateway guessed about it was wrong. */
export function endGuesses({ keyName, restName }: Account, rests: Rests): void {
  if (!rests.any) return;
  rests.endGuessed(keyName);
  rests.endGuessed(restName);
}
