import type { Claim, Principal } from '@sluice/contract';

const MINUTE_MS = 60_000;
export const REQUESTS = 'requests';
export const CONCURRENT = 'concurrent';

/** What one request of this caller takes. Empty for a caller without limits. */
export function toClaims({ keyId, limits }: Principal): readonly Claim[] {
  const claims: Claim[] = [];
  const scope = `key:${keyId}`;
  const { requestsPerMinute, concurrent } = limits;
  if (requestsPerMinute !== undefined) {
    claims.push({ scope, kind: 'window', name: REQUESTS, amount: 1, limit: requestsPerMinute, windowMs: MINUTE_MS });
  }
  if (concurrent !== undefined) {
    claims.push({ scope, kind: 'gauge', name: CONCURRENT, amount: 1, limit: concurrent, windowMs: 0 });
  }
  return claims;
}
