import type { ClaimState } from '@sluice/contract';
import { REQUESTS } from './claims.js';

export type RateLimitHeaders = Readonly<Record<string, string>>;

export const NO_HEADERS: RateLimitHeaders = Object.freeze({});

/** `x-ratelimit-*` for the requests among the states; empty where requests are not limited. */
export function toHeaders(states: readonly ClaimState[]): RateLimitHeaders {
  const requests = states.find(({ claim }) => claim.name === REQUESTS);
  if (requests === undefined) return NO_HEADERS;
  return {
    'x-ratelimit-limit-requests': String(requests.claim.limit),
    'x-ratelimit-remaining-requests': String(requests.remaining),
    'x-ratelimit-reset-requests': formatDuration(requests.resetMs),
  };
}

/** The form that OpenAI's clients know: `250ms`, `1s`, `6m0s`. Rounded up, so that who waits that long is not early. */
export function formatDuration(ms: number): string {
  if (ms <= 999) return `${Math.ceil(ms)}ms`;
  const seconds = Math.ceil(ms / 1_000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
