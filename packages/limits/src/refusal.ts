import { gatewayError } from '@sluice/contract';
import type { ClaimState, GatewayError } from '@sluice/contract';
import { formatDuration, toHeaders } from './headers.js';
import { CONCURRENT, REQUESTS, SPEND } from './templates.js';
import type { Budget } from './templates.js';

/** Nobody knows when one of the requests in flight will end. */
const CONCURRENCY_RETRY_MS = 1_000;

/** The 429 for claims that did not fit; `states[0]` is the one. With `waitMs`, it is at least so long until the caller's turn. */
export function refusal(states: readonly ClaimState[], waitMs = 0): GatewayError {
  const headers = toHeaders(states);
  const [refused] = states;
  if (refused === undefined) return gatewayError('internal_error', { message: 'A limit was hit that has no name.' });
  const { claim } = refused;
  const whose = nameOf(claim.scope);
  if (claim.name === CONCURRENT) {
    return gatewayError('concurrency_limit_exceeded', {
      message: `${whose} may have ${claim.limit} requests in flight at once. Wait for one to end.`,
      details: { retryAfterMs: Math.max(CONCURRENCY_RETRY_MS, waitMs), headers },
    });
  }
  const resetMs = roomInMs(states);
  const details = { retryAfterMs: Math.max(resetMs, waitMs), headers };
  if (claim.name === REQUESTS) {
    return gatewayError('rate_limit_exceeded', {
      message: `${whose} may make ${claim.limit} requests ${periodOf(refused)}. There is room in ${formatDuration(resetMs)}.`,
      details,
    });
  }
  const rule = `${whose} may use ${claim.limit} tokens ${periodOf(refused)}`;
  const message =
    claim.amount > claim.limit
      ? `${rule}, and this request alone may use ${claim.amount}. Ask for less, or for fewer tokens of output.`
      : `${rule}; ${refused.remaining} remain, and this request may use ${claim.amount}. There is room in ${formatDuration(resetMs)}.`;
  return gatewayError('tokens_limit_exceeded', { message, details });
}

/** The refusal of a budget; when to come again it says only where there is such a time. */
export function budgetRefusal({ resetMs }: ClaimState, { name, scope, rules }: Budget): GatewayError {
  const resets = Number.isFinite(resetMs);
  const until = resets ? ` It begins anew in ${formatDuration(resetMs)}.` : '';
  return gatewayError('insufficient_quota', {
    message: `${nameOf(scope)} has used up its budget "${name}".${until}`,
    details: {
      ...(rules.exceededStatus === undefined ? {} : { status: rules.exceededStatus }),
      ...(resets ? { retryAfterMs: resetMs } : {}),
    },
  });
}

/** What its model costs is not known, and the budget says what then. */
export function unpricedRefusal({ name, scope, rules }: Budget): GatewayError {
  return gatewayError('insufficient_quota', {
    message: `${nameOf(scope)} has a budget "${name}" that takes no models without a known price.`,
    details: rules.exceededStatus === undefined ? {} : { status: rules.exceededStatus },
  });
}

/** All limits that found no room have to have some. When a budget has some again is no matter of waiting. */
function roomInMs(states: readonly ClaimState[]): number {
  let ms = states[0]?.resetMs ?? 0;
  for (const { claim, remaining, resetMs } of states) {
    if (remaining < claim.amount && claim.name !== SPEND) ms = Math.max(ms, resetMs);
  }
  return ms;
}

function periodOf({ claim: { span } }: ClaimState): string {
  return span === 'day' || span === 'month' ? `a ${span}` : 'a minute';
}

const NAMES: Readonly<Record<string, string>> = {
  key: 'The key',
  user: 'The user',
  team: 'The team',
  org: 'The organisation',
  model: 'The model',
  'end-user': 'The end user',
};

function nameOf(scope: string): string {
  return NAMES[scope.slice(0, scope.indexOf(':'))] ?? 'The caller';
}
