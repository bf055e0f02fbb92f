import { errorRow } from '@sluice/contract';
import type { FailureClass, GatewayError } from '@sluice/contract';

const COUNTED: ReadonlySet<FailureClass> = new Set(['connection', 'timeout', 'truncated', 'server_error']);

/**
 * True when an error says that the target is out of order. A rate limit, a refused request or refused credentials do
 * not: the target answered, and leaving everybody out would not cure it.
 */
export function countsAsFailure({ code, cause }: GatewayError): boolean {
  if (code === 'upstream_auth_error') return false;
  // A socket that could not be opened for want of room here: the provider was not even asked.
  if (code === 'overloaded' && isSystemError(cause)) return false;
  const { failureClass } = errorRow(code);
  return failureClass !== undefined && COUNTED.has(failureClass);
}

function isSystemError(cause: unknown): boolean {
  return cause instanceof Error && 'syscall' in cause;
}
