/**
 * Request headers of the three dialects' SDKs and of the gateway itself that a page may send. Names that end with `*` stand
 * for all that begin so.
 */
const GRANTED: readonly string[] = [
  'authorization',
  'content-type',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'anthropic-*',
  'openai-*',
  'x-stainless-*',
  'x-sluice-*',
  'idempotency-key',
  'x-request-id',
  'traceparent',
];
const EXACT: ReadonlySet<string> = new Set(GRANTED.filter((name) => !name.endsWith('*')));
const PREFIXES: readonly string[] = GRANTED.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));
const TOKEN = /^[a-z0-9-]{1,64}$/;
const MOST_ASKED = 100;

/** Of the headers that a preflight asks for, those that are granted; without a question, those that have whole names. */
export function grantedHeaders(asked: string | undefined): string {
  if (asked === undefined || asked.trim() === '') return [...EXACT].join(', ');
  const names = asked.split(',', MOST_ASKED).map((name) => name.trim().toLowerCase());
  return names.filter(isGranted).join(', ');
}

function isGranted(name: string): boolean {
  return EXACT.has(name) || (TOKEN.test(name) && PREFIXES.some((prefix) => name.startsWith(prefix)));
}

/** What a page may read of an answer, beside what browsers show anyway. */
export const EXPOSED_HEADERS: string = [
  'idempotent-replayed',
  'request-id',
  'retry-after',
  'retry-after-ms',
  'x-ratelimit-policy',
  'x-request-id',
  'x-should-retry',
  ...['limit', 'remaining', 'reset'].flatMap((what) => [`x-ratelimit-${what}-requests`, `x-ratelimit-${what}-tokens`]),
  ...['adjustments', 'attempts', 'cache', 'config', 'cost-usd', 'decision'].map((what) => `x-sluice-${what}`),
  ...['guards', 'model', 'overhead-ms', 'provider', 'request-id'].map((what) => `x-sluice-${what}`),
].join(', ');
