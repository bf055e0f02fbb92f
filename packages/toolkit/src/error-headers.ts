import { errorRow } from '@sluice/contract';
import type { ErrorCode, GatewayError } from '@sluice/contract';

/** What providers ask for, or what is only estimated, is cut to this; the gateway's own windows are known, and as long as they are. */
const MAX_RETRY_SECONDS = 3_600;
const KNOWN: ReadonlySet<ErrorCode> = new Set(['rate_limit_exceeded', 'tokens_limit_exceeded', 'insufficient_quota']);

/** The headers that an error has in every dialect. */
export function writeErrorHeaders(error: GatewayError): Record<string, string> {
  const { allow, headers } = error.details;
  const retryAfter = toRetryAfter(error);
  return {
    ...headers,
    'content-type': 'application/json; charset=utf-8',
    ...(errorRow(error.code).status === 401 ? { 'www-authenticate': 'Bearer realm="sluice"' } : {}),
    ...(allow ? { allow: allow.join(', ') } : {}),
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
  };
}

/** Whole seconds, where the status promises them; a budget names them only if its window starts anew. */
function toRetryAfter({ code, details }: GatewayError): number | undefined {
  const { status } = errorRow(code);
  if (status !== 409 && status !== 429 && status !== 503) return undefined;
  if (details.retryAfterMs === undefined) return code === 'insufficient_quota' ? undefined : 1;
  const seconds = Math.max(1, Math.ceil(details.retryAfterMs / 1_000));
  return KNOWN.has(code) ? seconds : Math.min(MAX_RETRY_SECONDS, seconds);
}
