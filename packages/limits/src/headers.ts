import type { ClaimState } from '@sluice/contract';
import { REQUESTS, TOKENS } from './templates.js';

export type RateLimitHeaders = Readonly<Record<string, string>>;

export const NO_HEADERS: RateLimitHeaders = Object.freeze({});
const LOCAL: RateLimitHeaders = Object.freeze({ 'x-ratelimit-policy': 'local' });

/**
 * `x-ratelimit-*` for requests and tokens, of each the limit of which least is left; empty where neither is limited. Says so
 * where this process alone has counted.
 */
export function toHeaders(...lists: readonly (readonly ClaimState[])[]): RateLimitHeaders {
  let requests: ClaimState | undefined;
  let tokens: ClaimState | undefined;
  let isLocal = false;
  for (const states of lists) {
    for (const state of states) {
      isLocal ||= state.isLocal === true;
      if (state.claim.name === REQUESTS) requests = scarcer(requests, state);
      else if (state.claim.name === TOKENS) tokens = scarcer(tokens, state);
    }
  }
  if (!requests && !tokens) return isLocal ? LOCAL : NO_HEADERS;
  const headers: Record<string, string> = isLocal ? { ...LOCAL } : {};
  // By whole names: to put one together for each request is dearer than all that is written under it.
  if (requests) {
    headers['x-ratelimit-limit-requests'] = String(requests.claim.limit);
    headers['x-ratelimit-remaining-requests'] = String(requests.remaining);
    headers['x-ratelimit-reset-requests'] = formatDuration(requests.resetMs);
  }
  if (tokens) {
    headers['x-ratelimit-limit-tokens'] = String(tokens.claim.limit);
    headers['x-ratelimit-remaining-tokens'] = String(tokens.remaining);
    headers['x-ratelimit-reset-tokens'] = formatDuration(tokens.resetMs);
  }
  return headers;
}

function scarcer(one: ClaimState | undefined, other: ClaimState): ClaimState {
  return one && one.remaining <= other.remaining ? one : other;
}

/** The form that OpenAI's clients know: `250ms`, `1s`, `6m0s`, `24h0m0s`. Rounded up, so that who waits that long is not early. */
export function formatDuration(ms: number): string {
  if (ms <= 999) return `${Math.ceil(ms)}ms`;
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${seconds % 60}s`;
  return `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds % 60}s`;
}
