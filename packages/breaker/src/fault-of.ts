import { errorRow } from '@sluice/contract';
import type { FailureClass, GatewayError } from '@sluice/contract';

/** Whose failure an error is: the target's, the key's at every model, or the key's at this target. */
export type Fault = 'target' | 'key' | 'key-at-target';

const OF_THE_TARGET: ReadonlySet<FailureClass> = new Set(['connection', 'timeout', 'truncated', 'server_error']);
const FORBIDDEN = 403;

/**
 * Whom an error is counted against; nobody where the request was at fault, or the gateway. A target is out of order when
 * it cannot be reached, does not answer in time, or fails. A key is when it is refused, or limited without a word on for
 * how long: the target answered, and another key of it may do. A limit, or a 403, may be for one model only.
 */
export function faultOf({ code, cause, details }: GatewayError): Fault | undefined {
  if (code === 'upstream_auth_error') return details.upstreamStatus === FORBIDDEN ? 'key-at-target' : 'key';
  // A limit with its time is no guess: whoever keeps that time needs no circuit.
  if (code === 'upstream_rate_limited') return details.retryAfterMs === undefined ? 'key-at-target' : undefined;
  // A socket that could not be opened for want of room here: the provider was not even asked.
  if (code === 'overloaded' && isSystemError(cause)) return undefined;
  const { failureClass } = errorRow(code);
  return failureClass !== undefined && OF_THE_TARGET.has(failureClass) ? 'target' : undefined;
}

function isSystemError(cause: unknown): boolean {
  return cause instanceof Error && 'syscall' in cause;
}
