import { gatewayError } from '@sluice/contract';
import type { ClaimState, GatewayError } from '@sluice/contract';
import { CONCURRENT } from './claims.js';
import { formatDuration, toHeaders } from './headers.js';

/** Nobody knows when one of the requests in flight will end. */
const CONCURRENCY_RETRY_MS = 1_000;

/** The 429 for claims that did not fit; `states[0]` is the one. With `waitMs`, it is at least so long until the caller's turn. */
export function refusal(states: readonly ClaimState[], waitMs = 0): GatewayError {
  const headers = toHeaders(states);
  const [refused] = states;
  if (refused === undefined) return gatewayError('internal_error', { message: 'A limit was hit that has no name.' });
  const { claim, resetMs } = refused;
  if (claim.name === CONCURRENT) {
    return gatewayError('concurrency_limit_exceeded', {
      message: `The key may have ${claim.limit} requests in flight at once. Wait for one to end.`,
      details: { retryAfterMs: Math.max(CONCURRENCY_RETRY_MS, waitMs), headers },
    });
  }
  return gatewayError('rate_limit_exceeded', {
    message: `The key may make ${claim.limit} requests a minute. The count starts anew in ${formatDuration(resetMs)}.`,
    details: { retryAfterMs: Math.max(resetMs, waitMs), headers },
  });
}
