import { gatewayError, isGatewayError } from '@sluice/contract';
import type {
  Admission,
  ClaimState,
  CounterStore,
  GatewayError,
  Limiter,
  Principal,
  ReserveResult,
} from '@sluice/contract';
import { CONCURRENT, toClaims } from './claims.js';
import { formatDuration, NO_HEADERS, toHeaders } from './headers.js';

export interface LimiterDeps {
  readonly store: CounterStore;
  /** Hears of a slot that the store failed to take back. Must not throw. */
  readonly onError?: (cause: unknown) => void;
}

/** Nobody knows when one of the requests in flight will end. */
const CONCURRENCY_RETRY_MS = 1_000;

const nothingHeld = (): void => {};
const UNLIMITED: Promise<Admission> = Promise.resolve(Object.freeze({ headers: NO_HEADERS, release: nothingHeld }));

/**
 * Reserves a caller's request and its concurrency slot in one atomic step of the store. Rejects with
 * `rate_limit_exceeded`, `concurrency_limit_exceeded`, or `limiter_unavailable` when the store fails. The caller
 * releases what it was admitted with; callers without limits share one admission and never reach the store.
 */
export function createLimiter({ store, onError }: LimiterDeps): Limiter {
  return {
    admit(principal: Principal, signal: AbortSignal): Promise<Admission> {
      const { requestsPerMinute, concurrent } = principal.limits;
      if (requestsPerMinute === undefined && concurrent === undefined) return UNLIMITED;
      return reserve(principal, signal);
    },
  };

  async function reserve(principal: Principal, signal: AbortSignal): Promise<Admission> {
    const result = await ask(principal, signal);
    if (!result.ok) throw refusal(result.states);
    const holds = principal.limits.concurrent !== undefined;
    return { headers: toHeaders(result.states), release: holds ? () => release(result.id) : nothingHeld };
  }

  async function ask(principal: Principal, signal: AbortSignal): Promise<ReserveResult> {
    try {
      return await store.reserve(toClaims(principal), signal);
    } catch (cause) {
      if (signal.aborted || isGatewayError(cause)) throw cause;
      throw gatewayError('limiter_unavailable', { cause });
    }
  }

  function release(id: string): void {
    store.release(id).catch((cause: unknown) => onError?.(cause));
  }
}

function refusal(states: readonly ClaimState[]): GatewayError {
  const headers = toHeaders(states);
  const [refused] = states;
  if (refused === undefined) return gatewayError('internal_error', { message: 'A limit was hit that has no name.' });
  const { claim, resetMs } = refused;
  if (claim.name === CONCURRENT) {
    return gatewayError('concurrency_limit_exceeded', {
      message: `The key may have ${claim.limit} requests in flight at once. Wait for one to end.`,
      details: { retryAfterMs: CONCURRENCY_RETRY_MS, headers },
    });
  }
  return gatewayError('rate_limit_exceeded', {
    message: `The key may make ${claim.limit} requests a minute. The count starts anew in ${formatDuration(resetMs)}.`,
    details: { retryAfterMs: resetMs, headers },
  });
}
