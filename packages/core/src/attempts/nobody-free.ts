import { gatewayError } from '@sluice/contract';
import type { GatewayError } from '@sluice/contract';
import type { Candidate } from '../routing/plan.js';
import type { Obstacles } from './key-ring.js';

const LEAST_WAIT_MS = 1_000;

/** Milliseconds until the first of these targets may be asked again, at least a second. */
export function firstFreeMs(candidates: readonly Candidate[], obstacles: Obstacles): number {
  return Math.max(LEAST_WAIT_MS, Math.min(...candidates.map((candidate) => waitMs(candidate, obstacles))));
}

/**
 * The failure of a request that found no target in order; `cause` is what came of those that it asked all the same. Says
 * when it is worth coming back.
 *
 * Those with an open circuit were asked in spite of it, the last one as the others, unless they have failed so often in
 * a row that they are down: requests that try it all the same would cost their callers a timeout each and keep a provider
 * down that is coming back. The last target is never lost for it: its circuit lets one request through each time its
 * shortest rest is over, which is what `retryAfterMs` names.
 */
export function nobodyFree(candidates: readonly Candidate[], obstacles: Obstacles, cause?: GatewayError): GatewayError {
  const { circuits, rests } = obstacles;
  const retryAfterMs = firstFreeMs(candidates, obstacles);
  const limited = candidates.every(
    ({ circuit, keys }) => circuits.state(circuit) === 'closed' && keys.restMs(rests) > 0,
  );
  if (limited) return gatewayError('upstream_rate_limited', { details: { retryAfterMs } });
  return gatewayError('no_healthy_provider', {
    message: 'Every provider of this model is out of order at the moment.',
    cause,
    details: { retryAfterMs },
  });
}

/** The failure as the caller gets it: after a limit, with the time at which the first of the targets is free again. */
export function lastFailure(
  failure: GatewayError,
  candidates: readonly Candidate[],
  obstacles: Obstacles,
): GatewayError {
  if (failure.code !== 'upstream_rate_limited') return failure;
  const { message, cause, details } = failure;
  const retryAfterMs = firstFreeMs(candidates, obstacles);
  return gatewayError(failure.code, { message, cause, details: { ...details, retryAfterMs } });
}

function waitMs({ circuit, keys }: Candidate, obstacles: Obstacles): number {
  const { circuits, slots } = obstacles;
  const placeMs = slots?.view(circuit)?.retryAfterMs ?? 0;
  return Math.max(circuits.retryAfterMs(circuit, true), keys.waitMs(obstacles), placeMs);
}
